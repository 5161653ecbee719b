using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Engine = System.Management.Automation.PowerShell;

namespace RedisML.PowerShell.Training;

/// <summary>A worker of a training: a child job with a runspace of its own, on whose thread it works.</summary>
sealed class WorkerJob : Job
{
    readonly Engine _engine = Engine.Create();
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Action<CancellationToken> _work;
    readonly ScriptHost? _script;

    /// <param name="work">Blocks its thread until the training has ended, or the token is cancelled.</param>
    /// <param name="script">What runs in the worker's runspace; null where none does.</param>
    internal WorkerJob(int number, Action<CancellationToken> work, ScriptHost? script) : base(null, $"Worker{number}")
    {
        _script = script;
        _work = script is null ? work : stop => script.Work(number, this, () => work(stop));
        PSJobTypeName = "RedisMLWorker";
        Error = _engine.Streams.Error;
        Progress = _engine.Streams.Progress;
        Verbose = _engine.Streams.Verbose;
        Warning = _engine.Streams.Warning;
        Debug = _engine.Streams.Debug;
        Information = _engine.Streams.Information;
        // The streams stay open after the worker has ended; Receive-Job must not wait for more.
        Output.EnumeratorNeverBlocks = Error.EnumeratorNeverBlocks = Progress.EnumeratorNeverBlocks = Verbose.EnumeratorNeverBlocks =
            Warning.EnumeratorNeverBlocks = Debug.EnumeratorNeverBlocks = Information.EnumeratorNeverBlocks = true;
    }

    public override bool HasMoreData =>
        Output.Count + Error.Count + Progress.Count + Verbose.Count + Warning.Count + Debug.Count + Information.Count > 0;

    public override string Location => "localhost";

    public override string StatusMessage => "";

    /// <summary>A task that ends when the worker's thread has.</summary>
    internal Task Ended => _ended.Task;

    public override void StopJob()
    {
        SignalStop();
        if (JobStateInfo.State == JobState.Running) Finished.WaitOne();
    }

    /// <summary>Opens the runspace and starts to work in it, on the thread of its pipeline.</summary>
    internal void Start()
    {
        SetJobState(JobState.Running);
        _engine.InvocationStateChanged += (_, e) =>
        {
            if (e.InvocationStateInfo.State is PSInvocationState.Completed or PSInvocationState.Failed or PSInvocationState.Stopped) End();
        };
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            try
            {
                _engine.Runspace = RunspaceFactory.CreateRunspace(SessionState());
                _engine.Runspace.Open();
                _engine.AddScript("param($work, $stop) $work.Invoke($stop)").AddArgument(_work).AddArgument(_stop.Token);
                if (_script is { UsingValues.Count: > 0 }) _engine.AddParameter(ScriptHost.UsingParameter, _script.UsingValues);
                _engine.BeginInvoke();
            }
            catch (Exception e)
            {
                Error.Add(new ErrorRecord(e, "WorkerNotStarted", ErrorCategory.ResourceUnavailable, Name));
                _stop.Cancel();
                _work(_stop.Token);
                End();
            }
        }, null);
    }

    internal void SignalStop()
    {
        _stop.Cancel();
        if (_script is not null && !_ended.Task.IsCompleted) _engine.BeginStop(null, null);
    }

    /// <summary>A script has the commands and modules of any session; a built-in model needs none,
    /// and an empty session opens in no time.</summary>
    InitialSessionState SessionState()
    {
        if (_script is not null) return InitialSessionState.CreateDefault2();
        var state = InitialSessionState.Create();
        state.LanguageMode = PSLanguageMode.FullLanguage;
        return state;
    }

    /// <summary>Called by the parent, once the training as a whole has ended.</summary>
    internal void Finish(JobState state)
    {
        Output.Complete();
        SetJobState(state);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) StopJob();
        base.Dispose(disposing);
    }

    void End()
    {
        if (!_ended.TrySetResult()) return;
        // Not from within the runspace's own event.
        ThreadPool.UnsafeQueueUserWorkItem(_ => _engine.Runspace?.Dispose(), null);
    }
}
