using System.Reflection;
using System.Runtime.Loader;

namespace RedisML.Extensions;

/// <summary>The libraries of an extension, natives included.</summary>
/// <remarks>Core, and what lies beside it, is the same here as there: Arrow's arrays cross.</remarks>
sealed class ExtensionContext(string module, string assembly) : AssemblyLoadContext(module)
{
    static readonly AssemblyLoadContext s_core = GetLoadContext(typeof(ExtensionContext).Assembly)!;

    readonly AssemblyDependencyResolver _dependencies = new(assembly);

    protected override Assembly? Load(AssemblyName name)
    {
        if (File.Exists(Path.Combine(ExtensionFolders.CoreFolder, name.Name + ".dll"))) return s_core.LoadFromAssemblyName(name);
        return _dependencies.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string name) =>
        _dependencies.ResolveUnmanagedDllToPath(name) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
