using System.Management.Automation;
using RedisML.Diagnostics;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

/// <summary>A training run as a job, with a child job for each worker. Its output is the run, once it has ended.</summary>
public sealed class TrainingJob : RedisMLJob
{
    static readonly TimeSpan s_progressInterval = TimeSpan.FromSeconds(1);

    /// <summary>A run that takes longer had better be saved by the server.</summary>
    static readonly TimeSpan s_longRun = TimeSpan.FromMinutes(1);

    readonly ModelTraining _training;
    readonly Func<Exception, ErrorRecord> _toErrorRecord;
    string? _longRunWarning;

    /// <param name="longRunWarning">What to know where the run takes long; null for nothing.</param>
    /// <param name="outlives">Whether the cmdlet ends before the job, whose streams then take what the cmdlet's would.</param>
    internal TrainingJob(string command, ModelTraining training, Func<Exception, ErrorRecord> toErrorRecord, string? longRunWarning,
        bool outlives) : base(command)
    {
        var log = WorkLog.Current;
        (_training, _toErrorRecord, _longRunWarning) = (training, toErrorRecord, longRunWarning);
        Warn = text => ChildJobs[0].Warning.Add(new(text));
        PSJobTypeName = "RedisMLTraining";
        Name = $"Training{Id}";
        var script = training.Script as ScriptHost;
        if (script is not null) script.Metric = training.WriteMetric;
        for (int i = 0; i < training.Run.Workers; i++)
        {
            int worker = i;
            ChildJobs.Add(new WorkerJob(i, stop =>
            {
                using (WorkLog.Use(log)) training.Work(worker, stop);
            }, script));
        }
        if (outlives) StreamLog.MoveTo(ChildJobs[0]);
    }

    public override bool HasMoreData => ChildJobs.Any(c => c.HasMoreData);

    public override string Location => "localhost";

    /// <summary>The step and the loss, as <c>Get-Job</c> can show it.</summary>
    public override string StatusMessage => Status(_training.Run);

    /// <summary>The run as it stands now.</summary>
    public TrainingRun Run => _training.Run;

    /// <summary>What takes warnings; unless told otherwise they go to the first worker's stream.</summary>
    internal Action<string> Warn { get; set; }

    internal static string Status(TrainingRun run) => run.State is RunState.Waiting or RunState.Paused
        ? $"{run.State.ToString().ToLowerInvariant()}, {run.Nodes} {(run.Nodes == 1 ? "node" : "nodes")}: {run.Reason}"
        : run.Step == 0
        ? $"{run.RowsUsed:N0} rows loaded, {run.RowsPerSecond:N0} rows/s"
        : $"iteration {run.Step}, loss {run.Loss:G6}, {run.RowsPerSecond:N0} rows/s";

    public override void StopJob()
    {
        SignalStop();
        if (JobStateInfo.State == JobState.Running) Finished.WaitOne();
    }

    /// <summary>Starts the workers.</summary>
    /// <returns>Ends, with the run or its error, when the job has.</returns>
    internal Task<TrainingRun> Start()
    {
        SetJobState(JobState.Running);
        foreach (WorkerJob worker in ChildJobs) worker.Start();
        return Task.Run(WatchAsync);
    }

    internal void SignalStop()
    {
        foreach (WorkerJob worker in ChildJobs) worker.SignalStop();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            foreach (var worker in ChildJobs) worker.Dispose();
        }
        base.Dispose(disposing);
    }

    async Task<TrainingRun> WatchAsync()
    {
        var leader = (WorkerJob)ChildJobs[0];
        var end = JobState.Completed;
        try
        {
            while (await Task.WhenAny(_training.Completion, Task.Delay(s_progressInterval)).ConfigureAwait(false) != _training.Completion)
            {
                leader.Progress.Add(new(0, $"Training model '{Run.Model}'", StatusMessage));
                if (_longRunWarning is null || Run.Elapsed < s_longRun && Run.Nodes == 1) continue;
                Warn(_longRunWarning);
                _longRunWarning = null;
            }
            var run = await _training.Completion.ConfigureAwait(false);
            leader.Output.Add(PSObject.AsPSObject(OutputObject.Of(run)));
            foreach (var warning in run.Warnings) Warn($"Model '{run.Model}': {warning}");
            if (_training.Warning is { } replicas) Warn(replicas);
            return run;
        }
        catch (OperationCanceledException)
        {
            end = JobState.Stopped;
            throw;
        }
        catch (Exception e)
        {
            end = JobState.Failed;
            // A job can't be given its reason; the error stands in the stream of the worker that led.
            leader.Error.Add(_toErrorRecord(e));
            throw;
        }
        finally
        {
            foreach (WorkerJob worker in ChildJobs)
            {
                await worker.Ended.ConfigureAwait(false);
                worker.Finish(end);
            }
            SetJobState(end);
        }
    }
}
