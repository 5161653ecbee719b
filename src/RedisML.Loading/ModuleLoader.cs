using System.Management.Automation;
using System.Runtime.Loader;

namespace RedisML.Loading;

/// <summary>Makes Core loadable before the engine looks at the cmdlets, whose parameters have types of Core.</summary>
/// <remarks>
/// The manifest names this assembly as a nested module, because those load first. Nothing is undone when the module is removed:
/// its assemblies stay in the process, and another import finds Core where it was.
/// </remarks>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    static int s_subscribed;

    public void OnImport()
    {
        if (Interlocked.Exchange(ref s_subscribed, 1) == 0)
            AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == "RedisML.Core" ? ModuleContexts.LoadCore() : null;
    }
}
