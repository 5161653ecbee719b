using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;

namespace RedisML.Host;

using PowerShell = System.Management.Automation.PowerShell;

/// <summary>A runspace of the engine with its host, and whatever runs in it, on the thread that calls.</summary>
sealed class Session : IDisposable
{
    const int Failed = 1;
    const int Interrupted = 130;
    const int Terminated = 143;

    readonly ConsoleHost _host = new();
    readonly Runspace _runspace;
    readonly Lock _gate = new();
    PowerShell? _running;
    int? _stopped;

    public Session()
    {
        // Both before the engine starts. It would report to its makers which modules are loaded, which nobody here was asked about,
        // and it completes the list of module folders with its own.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        var modules = Path.Combine(AppContext.BaseDirectory, "Modules");
        var others = Environment.GetEnvironmentVariable("PSModulePath");
        Environment.SetEnvironmentVariable("PSModulePath", string.IsNullOrEmpty(others) ? modules : modules + Path.PathSeparator + others);

        var state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        HostCommands.AddTo(state);
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
    }

    /// <summary>The code that <c>exit</c> asked for.</summary>
    public int? ExitCode => _host.ExitCode;

    public ConsoleUserInterface UI => _host.Interface;

    public string EngineVersion => Evaluate("\"$($PSVersionTable.PSVersion)\"") is [var version] ? version.ToString() : "";

    /// <summary>What the function <c>prompt</c> says.</summary>
    public string Prompt => Evaluate("prompt") is [var prompt, ..] ? prompt.ToString() : "PS> ";

    /// <summary>Runs a script file. Returns the exit code that <c>pwsh -File</c> would.</summary>
    public int RunScript(string path, IReadOnlyList<CommandParameter> arguments)
    {
        var command = new Command(path, isScript: false, useLocalScope: false);
        foreach (var argument in arguments) command.Parameters.Add(argument);
        EngineInternals.LetNextScriptExit(_runspace);
        return RunOnce(shell => shell.Commands.AddCommand(command), asTyped: false);
    }

    /// <summary>Runs a command text. Returns the exit code that <c>pwsh -Command</c> would.</summary>
    public int RunCommand(string text) => RunOnce(shell => shell.AddScript(text), asTyped: true);

    /// <summary>Runs a line of the prompt, and keeps it in the history.</summary>
    public void RunLine(string text)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            Stop(Interrupted);
        });
        _stopped = null;
        using var shell = Create();
        shell.AddScript(text);
        Invoke(shell, asTyped: true);
    }

    /// <summary>Whether the last command succeeded: <c>$?</c>.</summary>
    public bool Succeeded => Evaluate("$global:?") is [{ BaseObject: true }];

    /// <summary>What an expression yields, apart from the host. Nothing, where it fails.</summary>
    public IReadOnlyList<PSObject> Evaluate(string expression)
    {
        using var shell = Create();
        try { return shell.AddScript(expression).Invoke(); }
        catch (RuntimeException) { return []; }
    }

    public CommandCompletion Complete(string text, int cursor)
    {
        using var shell = Create();
        var completion = CommandCompletion.CompleteInput(text, cursor, null, shell);
        return completion.CompletionMatches.Count > 0 ? completion : PathCompletion.Complete(text, cursor);
    }

    public void Dispose() => _runspace.Dispose();

    int RunOnce(Action<PowerShell> addCommand, bool asTyped)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => StopOrEnd(signal, Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => StopOrEnd(signal, Terminated));
        using var shell = Create();
        addCommand(shell);
        bool completed = Invoke(shell, asTyped);
        return _stopped ?? ExitCode ?? (completed && Succeeded ? 0 : Failed);
    }

    /// <summary>Stops what runs at the first signal. A second one ends the process, in case that it can't be stopped.</summary>
    void StopOrEnd(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = _stopped is null;
        Stop(exitCode);
    }

    void Stop(int exitCode)
    {
        lock (_gate)
        {
            _stopped = exitCode;
            _running?.BeginStop(null, null);
        }
    }

    /// <summary>Runs to the end with all output shown. Returns whether it got there without an uncaught error.</summary>
    /// <param name="asTyped">Whether it goes into the history and sets <c>$?</c>.</param>
    bool Invoke(PowerShell shell, bool asTyped)
    {
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        // A stop that comes before the start would be forgotten.
        shell.InvocationStateChanged += (_, e) =>
        {
            if (e.InvocationStateInfo.State == PSInvocationState.Running && _stopped is { } code) Stop(code);
        };
        lock (_gate) _running = shell;
        try
        {
            shell.Invoke(null, new PSInvocationSettings { AddToHistory = asTyped });
            return true;
        }
        catch (PipelineStoppedException)
        {
            // By a signal, or by Ctrl+C where the user was asked something.
            _stopped ??= Interrupted;
            return false;
        }
        catch (RuntimeException e)
        {
            Report(e);
            return false;
        }
        finally
        {
            lock (_gate) _running = null;
            UI.EndProgress();
        }
    }

    /// <summary>Shows an uncaught error the way that the engine shows errors.</summary>
    void Report(RuntimeException exception)
    {
        // The exception itself, where the record has a stand-in without stack trace.
        var error = EngineInternals.Written(new ErrorRecord(exception.ErrorRecord, exception));
        using var shell = Create();
        shell.AddCommand("Out-Default").Invoke(new[] { error });
    }

    PowerShell Create()
    {
        var shell = PowerShell.Create();
        shell.Runspace = _runspace;
        return shell;
    }
}
