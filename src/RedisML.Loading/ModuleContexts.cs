using System.Reflection;
using System.Runtime.Loader;

namespace RedisML.Loading;

/// <summary>The load contexts of the module's folders, each made when it is first needed.</summary>
public static class ModuleContexts
{
    static readonly Lazy<Assembly> s_core = new(() => ModuleContext.Load("RedisML", "lib", "RedisML.Core.dll"));
    static readonly Lazy<Assembly> s_server = new(() => ModuleContext.Load("RedisML.Server", "server", "RedisML.EmbeddedServer.dll"));

    /// <summary>The embedded server's assembly. Only types of the base library are the same there and here.</summary>
    public static Assembly LoadServer() => s_server.Value;

    internal static Assembly LoadCore() => s_core.Value;

    /// <summary>A folder of the module, whose libraries load apart from what others load into this process.</summary>
    sealed class ModuleContext(string name, string mainAssembly) : AssemblyLoadContext(name)
    {
        readonly AssemblyDependencyResolver _dependencies = new(mainAssembly);

        internal static Assembly Load(string name, string folder, string mainAssembly)
        {
            var path = Path.Combine(Path.GetDirectoryName(typeof(ModuleContext).Assembly.Location)!, folder, mainAssembly);
            return new ModuleContext(name, path).LoadFromAssemblyPath(path);
        }

        protected override Assembly? Load(AssemblyName name) =>
            _dependencies.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

        protected override nint LoadUnmanagedDll(string name) =>
            _dependencies.ResolveUnmanagedDllToPath(name) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
