using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Engine = System.Management.Automation.PowerShell;

namespace RedisML.Unit.Fixtures;

/// <summary>A runspace with the built module imported. Core runs in the default load context here,
/// as this assembly references it.</summary>
public sealed class HostedEngine : IDisposable
{
    /// <param name="host">Null for one that shows nothing.</param>
    /// <param name="cmdlets">Cmdlets of the tests, besides those of the module.</param>
    public HostedEngine(PSHost? host = null, params Type[] cmdlets)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.ImportPSModule([ModulePath]);
        foreach (var cmdlet in cmdlets)
        {
            var name = cmdlet.GetCustomAttribute<CmdletAttribute>()!;
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", cmdlet, null));
        }
        Runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        Runspace.Open();
    }

    /// <summary>The folder of the project.</summary>
    public static string ProjectRoot { get; } = FindRoot(AppContext.BaseDirectory);

    public static string ModulePath { get; } = Path.Combine(ProjectRoot, "artifacts", "RedisML");

    /// <summary>The runspace, for tests that start and stop pipelines themselves.</summary>
    public Runspace Runspace { get; }

    /// <summary>Runs a script; a terminating error is the last of <see cref="EngineResult.Errors"/>.</summary>
    /// <param name="parameters">Values for the script's <c>param()</c> block.</param>
    /// <param name="input">What is piped into the script.</param>
    public EngineResult Invoke(string script, IDictionary? parameters = null, IEnumerable? input = null)
    {
        using var shell = Engine.Create(Runspace);
        shell.AddScript(script);
        if (parameters is not null) shell.AddParameters(parameters);
        var output = new List<PSObject>();
        ErrorRecord? terminating = null;
        try
        {
            shell.Invoke(input, output);
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }
        IEnumerable<ErrorRecord> errors = shell.Streams.Error;
        return new(
            output,
            [.. terminating is null ? errors : errors.Append(terminating)],
            [.. shell.Streams.Warning.Select(w => w.Message)],
            [.. shell.Streams.Verbose.Select(v => v.Message)]);
    }

    public void Dispose() => Runspace.Dispose();

    /// <summary>Lets tests use types of the cmdlet assembly, which lies with the built module alone.</summary>
    [ModuleInitializer]
    internal static void LoadCmdletsFromModule() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "RedisML.PowerShell" ? context.LoadFromAssemblyPath(Path.Combine(ModulePath, "RedisML.PowerShell.dll")) : null;

    static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "RedisML.slnx")) ? folder
        : FindRoot(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("RedisML.slnx is in no folder above the tests."));
}

/// <summary>What a script gave.</summary>
public sealed record EngineResult(
    IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose)
{
    /// <summary>The output of a script that must not have had errors.</summary>
    public IReadOnlyList<PSObject> OutputWithoutErrors =>
        Errors is [] ? Output : throw new InvalidOperationException(Errors[0].ToString(), Errors[0].Exception);
}
