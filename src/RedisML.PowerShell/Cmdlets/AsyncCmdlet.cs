using System.Collections.Concurrent;
using System.Management.Automation;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.PowerShell.Builds;
using RedisML.PowerShell.Outputs;

namespace RedisML.PowerShell.Cmdlets;

/// <summary>The bridge between the pipeline thread and asynchronous work: the only place where a cmdlet blocks on a task.</summary>
/// <remarks>
/// <see cref="Run(Func{CancellationToken, Task})"/> executes the work elsewhere and, until it ends, whatever it posts on the pipeline
/// thread. Ask <c>ShouldProcess</c> before: inside, only <see cref="Post"/> may touch the cmdlet.
/// </remarks>
public abstract class AsyncCmdlet : PSCmdlet
{
    const int PumpCapacity = 64;

    readonly CancellationTokenSource _stop = new();
    readonly HashSet<string> _logged = [];
    BlockingCollection<Action>? _pump;
    CancellationToken _cancellation;

    /// <summary>Runs <paramref name="work"/> to its end. Its token is cancelled by Ctrl+C and when the pipeline ends early.</summary>
    protected void Run(Func<CancellationToken, Task> work)
    {
        // Not disposed, as something of the work may still post; it holds nothing that needs it.
        var pump = _pump = new(PumpCapacity);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var token = _cancellation = cancel.Token;
        var log = new StreamLog(Reads("Verbose", "VerbosePreference"), Reads("Debug", "DebugPreference"),
            text => TryPost(() => WriteVerbose(text)), text => TryPost(() => WriteDebug(text)));
        var task = Task.Run(async () =>
        {
            using var logged = WorkLog.Use(log);
            try { await work(token).ConfigureAwait(false); }
            finally { pump.CompleteAdding(); }
        }, CancellationToken.None);
        try
        {
            foreach (var action in pump.GetConsumingEnumerable()) action();
        }
        catch
        {
            // The pipeline ended, as with Select-Object -First: the work must not outlive it.
            cancel.Cancel();
            try { task.Wait(CancellationToken.None); }
            catch (AggregateException) { }
            throw;
        }
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The streams are closed to a pipeline that stops; the host isn't.
            if (WayOn is { } way) Host.UI.WriteWarningLine(way);
            throw new PipelineStoppedException();
        }
        catch (Exception e) when (Translate(e) is { } error)
        {
            Fail(error);
        }
    }

    /// <summary>Runs <paramref name="work"/> and shows its progress.</summary>
    /// <param name="activity">What is done and to what, as the progress shows it.</param>
    /// <param name="progress">Asked from a timer, while the work goes on.</param>
    protected void Run(string activity, Func<ProgressReport> progress, Func<CancellationToken, Task> work) => Run(async cancellation =>
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var display = new ProgressDisplay(activity, show => Post(() => show(this))).RunAsync(progress, end.Token);
        try
        {
            await work(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await display.ConfigureAwait(false);
        }
    });

    /// <summary>Hands an action, such as a write, to the pipeline thread; waits where that one is behind.
    /// After the work's end it's dropped.</summary>
    protected void Post(Action action)
    {
        try { _pump!.Add(action, _cancellation); }
        catch (InvalidOperationException) when (_pump!.IsAddingCompleted) { }
    }

    /// <summary>Hands an action over, unless the pipeline ends: for what may be lost then.</summary>
    void TryPost(Action action)
    {
        try { Post(action); }
        catch (OperationCanceledException) { }
    }

    /// <summary>Writes an object, in the form that the pipeline sees.</summary>
    protected new void WriteObject(object? value) => base.WriteObject(value is null ? null : OutputObject.Of(value));

    /// <summary>Writes each of several objects. Those that are PowerShell's own already go as they are.</summary>
    protected void WriteObjects(IEnumerable<object> values)
    {
        if (values is IEnumerable<PSObject>) base.WriteObject(values, enumerateCollection: true);
        else foreach (object value in values) WriteObject(value);
    }

    /// <summary>Writes an object from within the work.</summary>
    protected void PostObject(object value)
    {
        object shown = OutputObject.Of(value);
        Post(() => WriteObject(shown));
    }

    /// <summary>Writes a non-terminating error from within the work.</summary>
    protected void PostError(RedisMLException error) => Post(() => WriteError(ToErrorRecord(error)));

    /// <summary>Writes a warning from within the work.</summary>
    protected void PostWarning(string text) => Post(() => Warn(text));

    /// <summary>Writes a warning, once more as the build system counts them, unless warnings are silenced.</summary>
    protected void Warn(string text)
    {
        WriteWarning(text);
        if (Prefers("WarningAction", "WarningPreference") is ActionPreference.SilentlyContinue or ActionPreference.Ignore) return;
        Log(log => log.Warning(text));
    }

    /// <summary>Writes a line to the log of the build system that runs this process, if one does; each line once.</summary>
    private protected void Log(Func<BuildLog, string?> line)
    {
        if (BuildLog.Current is { } log && line(log) is { } command && _logged.Add(command)) Host.UI.WriteLine(command);
    }

    /// <summary>What the user wants to see of a stream, by its common parameter or its variable.</summary>
    internal ActionPreference Prefers(string parameter, string variable) =>
        LanguagePrimitives.TryConvertTo(MyInvocation.BoundParameters.GetValueOrDefault(parameter) ?? GetVariableValue(variable),
            out ActionPreference preference) ? preference : ActionPreference.Continue;

    /// <summary>Whether somebody reads a stream that is silent unless asked for.</summary>
    bool Reads(string parameter, string variable) => MyInvocation.BoundParameters.TryGetValue(parameter, out var given)
        ? given is SwitchParameter { IsPresent: true } or true
        : Prefers(parameter, variable) is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>Writes a line for <c>-Verbose</c> from within the work.</summary>
    protected void PostVerbose(string text) => Post(() => WriteVerbose(text));

    /// <summary>The error that the user sees for an exception of the work; null where it is a fault of this module.</summary>
    protected virtual RedisMLException? Translate(Exception exception) => exception as RedisMLException;

    /// <summary>How the work goes on after Ctrl+C, in a sentence; null where there is nothing to go on with.</summary>
    private protected virtual string? WayOn => null;

    /// <summary>Only cancels: what the work does then must not run on the thread of the one who stops the pipeline.</summary>
    protected override void StopProcessing() => _ = _stop.CancelAsync();

    /// <summary>The file system path of a path as users write it: relative to the location, on a drive, with a tilde.</summary>
    protected string ResolvePath(string path)
    {
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        if (provider.Name != "FileSystem")
            Fail(new("PathNotInFileSystem", ErrorKind.InvalidArgument, $"'{path}' isn't a path of the file system.", path));
        return resolved;
    }

    /// <summary>Ends the cmdlet with an error, on the pipeline thread.</summary>
    protected void Fail(RedisMLException error) => ThrowTerminatingError(ToErrorRecord(error));

    /// <summary>The PowerShell form of an error of Core.</summary>
    protected static ErrorRecord ToErrorRecord(RedisMLException error) =>
        new(error, error.ErrorId, CategoryOf(error.Kind), error.Target);

    static ErrorCategory CategoryOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        ErrorKind.InvalidData => ErrorCategory.InvalidData,
        ErrorKind.InvalidOperation => ErrorCategory.InvalidOperation,
        ErrorKind.LimitsExceeded => ErrorCategory.LimitsExceeded,
        ErrorKind.ObjectNotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.ResourceExists => ErrorCategory.ResourceExists,
        ErrorKind.ResourceBusy => ErrorCategory.ResourceBusy,
        ErrorKind.ResourceUnavailable => ErrorCategory.ResourceUnavailable,
        ErrorKind.ConnectionError => ErrorCategory.ConnectionError,
        ErrorKind.AuthenticationError => ErrorCategory.AuthenticationError,
        ErrorKind.PermissionDenied => ErrorCategory.PermissionDenied,
        ErrorKind.OperationTimeout => ErrorCategory.OperationTimeout,
        ErrorKind.ReadError => ErrorCategory.ReadError,
        ErrorKind.WriteError => ErrorCategory.WriteError,
        _ => ErrorCategory.NotSpecified,
    };
}
