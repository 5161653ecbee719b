using System.Reflection;
using System.Runtime.Loader;
using RedisML.Errors;

namespace RedisML.Extensions;

/// <summary>Loads extensions when they are first asked for: modules beside RedisML, whose assemblies register what they bring.</summary>
/// <remarks>
/// An extension is looked for among the libraries of the program, where that refers to it; then beside the module that Core is part of, in
/// the folders of <c>PSModulePath</c>, and beside the program. One that isn't found is looked for again the next time.
/// </remarks>
public static class ExtensionLoader
{
    static readonly Lock s_gate = new();
    static readonly HashSet<string> s_loaded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Loads an extension, unless that was done before.</summary>
    /// <param name="module">Its name, which its assembly has too, such as <c>RedisML.Parquet</c>.</param>
    /// <param name="purpose">What it is needed for, as a sentence without its end, such as <c>'a.parquet' is a Parquet file</c>.</param>
    /// <param name="target">What an error is about, such as the path of a file.</param>
    /// <exception cref="RedisMLException"><c>ExtensionNotInstalled</c>; <c>ExtensionNotLoaded</c>, where it can't be used.</exception>
    public static void Load(string module, string purpose, object? target)
    {
        lock (s_gate)
        {
            if (s_loaded.Contains(module)) return;
            if (Find(module) is not { } find)
                throw new RedisMLException("ExtensionNotInstalled", ErrorKind.ResourceUnavailable,
                    $"{purpose}, and the module {module}, which that needs, isn't installed: Install-PSResource {module}", target);
            try
            {
                Register(find());
            }
            catch (Exception e) when (e is not RedisMLException)
            {
                throw new RedisMLException("ExtensionNotLoaded", ErrorKind.ResourceUnavailable,
                    $"{purpose}, and the module {module}, which that needs, can't be used: {e.Message} "
                    + $"Is it of version {CoreVersion}, as RedisML is?", target, e);
            }
            s_loaded.Add(module);
        }
    }

    static Version CoreVersion { get; } = typeof(ExtensionLoader).Assembly.GetName().Version is { } version
        ? new(version.Major, version.Minor, version.Build) : new();

    /// <summary>What loads its assembly, or null where it isn't installed.</summary>
    static Func<Assembly>? Find(string module)
    {
        if (Referenced(module) is { } referenced) return () => referenced;
        if (ExtensionFolders.Find(module, CoreVersion, ExtensionFolders.Roots()) is not { } folder) return null;
        var path = Path.Combine(folder, "lib", module + ".dll");
        return () => new ExtensionContext(module, path).LoadFromAssemblyPath(path);
    }

    /// <summary>The assembly, where it belongs to the program as Core does.</summary>
    static Assembly? Referenced(string module)
    {
        if (AssemblyLoadContext.GetLoadContext(typeof(ExtensionLoader).Assembly) != AssemblyLoadContext.Default) return null;
        try
        {
            return Assembly.Load(new AssemblyName(module));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    static void Register(Assembly assembly)
    {
        var extension = assembly.GetCustomAttribute<ExtensionAttribute>()
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} names no extension by an attribute.");
        ((IExtension)Activator.CreateInstance(extension.Type)!).Register();
    }
}
