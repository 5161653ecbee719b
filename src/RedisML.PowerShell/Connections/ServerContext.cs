using System.Reflection;
using System.Runtime.Loader;

namespace RedisML.PowerShell;

/// <summary>The load context of the embedded server, in the module's folder <c>server</c>.</summary>
sealed class ServerContext : AssemblyLoadContext
{
    static readonly string s_path = Path.Combine(Path.GetDirectoryName(typeof(ServerContext).Assembly.Location)!, "server", "RedisML.EmbeddedServer.dll");

    readonly AssemblyDependencyResolver _resolver = new(s_path);

    ServerContext() : base("RedisML.EmbeddedServer")
    {
    }

    internal static Assembly Load() => new ServerContext().LoadFromAssemblyPath(s_path);

    protected override Assembly? Load(AssemblyName name) =>
        _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string name) =>
        _resolver.ResolveUnmanagedDllToPath(name) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
