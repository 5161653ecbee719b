using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;

namespace RedisML.Host;

using PowerShell = System.Management.Automation.PowerShell;

/// <summary>A runspace of the engine with its host, and whatever runs in it, on the thread that calls.</summary>
/// <remarks>
/// A signal stops what runs. At a prompt the session goes on after Ctrl+C; else it is over, and a second signal ends the process, in case
/// that what runs can't be stopped.
/// </remarks>
sealed class Session : IDisposable
{
    const int Failed = 1;
    const int Interrupted = 130;
    const int Terminated = 143;

    readonly ConsoleHost _host = new();
    readonly Runspace _runspace;
    readonly bool _prompts;
    readonly PosixSignalRegistration _interrupt;
    readonly PosixSignalRegistration _terminate;
    readonly Lock _gate = new();
    PowerShell? _running;
    int? _stopped;

    /// <param name="prompts">Whether somebody types the commands.</param>
    public Session(bool prompts = false)
    {
        _prompts = prompts;
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
        UI.Interrupted += () => Stop(Interrupted);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Receive(signal, Interrupted));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Receive(signal, Terminated));
    }

    /// <summary>Whether no more is to be run: after <c>exit</c>, or a signal.</summary>
    public bool IsOver => _host.ExitCode is not null || (!_prompts && _stopped is not null);

    /// <summary>The exit code, after what has been run.</summary>
    public int ExitCode => _stopped ?? _host.ExitCode ?? (Succeeded ? 0 : Failed);

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

    /// <summary>Runs a line as typed at a prompt, and keeps it in the history.</summary>
    public void RunLine(string text)
    {
        if (_prompts) _stopped = null;
        using var shell = Create();
        shell.AddScript(text);
        Invoke(shell, asTyped: true);
    }

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

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _runspace.Dispose();
    }

    /// <summary><c>$?</c> of the last line or command.</summary>
    bool Succeeded => Evaluate("$global:?") is [{ BaseObject: true }];

    int RunOnce(Action<PowerShell> addCommand, bool asTyped)
    {
        using var shell = Create();
        addCommand(shell);
        bool completed = Invoke(shell, asTyped);
        return completed || _stopped is not null ? ExitCode : Failed;
    }

    void Receive(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = _prompts ? exitCode == Interrupted : _stopped is null && _running is not null;
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
