using System.Management.Automation;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

/// <summary>A cmdlet that makes this process work at a training run: as a job, or to its end.</summary>
public abstract class TrainingJobCmdlet : RedisMLCmdlet
{
    [Parameter]
    [ValidateRange(1, 1024)]
    public int WorkerCount { get; set; } = Environment.ProcessorCount;

    [Parameter]
    public SwitchParameter Wait { get; set; }

    TrainingRun? _waitedFor;

    private protected override string? WayOn => _waitedFor is not { } run ? null
        : $"Training run '{run.Id}' of model '{run.Model}' was stopped. Resume-RedisDistributedTraining {run.Id} goes on with it"
            + (run.Step == 0 ? ", from its start." : ".");

    /// <summary>Begins, and either waits or writes the job.</summary>
    /// <param name="activity">What the progress display names as its activity.</param>
    /// <param name="begin">Makes this process take part.</param>
    private protected void Train(string activity, object target, Func<RedisMLConnection, CancellationToken, Task<ModelTraining>> begin)
    {
        TrainingJob? job = null;
        if (Wait)
        {
            Run(activity, () => Report(job), async (connection, cancellation) =>
            {
                using (job = await CreateAsync(connection, cancellation).ConfigureAwait(false))
                using (cancellation.Register(job.SignalStop))
                {
                    job.Warn = PostWarning;
                    using var noted = cancellation.Register(() => _waitedFor = job.Run);
                    try
                    {
                        PostObject(await job.Start().ConfigureAwait(false));
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        Post(() => Log(log => log.Error($"{activity}: {e.Message}")));
                        throw;
                    }
                }
            });
            return;
        }
        Run(async (connection, cancellation) => job = await CreateAsync(connection, cancellation).ConfigureAwait(false));
        JobRepository.Add(job!);
        // Its outcome is the job's state and streams.
        _ = job!.Start();
        WriteObject(job);

        async Task<TrainingJob> CreateAsync(RedisMLConnection connection, CancellationToken cancellation) => new(MyInvocation.Line,
            await begin(connection, cancellation).ConfigureAwait(false), ToJobError, connection.Server.Persistent == false
                ? NotPersistent(connection) : null, outlives: !Wait);

        ErrorRecord ToJobError(Exception exception) => Translate(exception) is { } error
            ? ToErrorRecord(error)
            : new(exception, "TrainingFailed", ErrorCategory.NotSpecified, target);
    }

    static string NotPersistent(RedisMLConnection connection) =>
        $"{connection.Endpoint} doesn't save its data: where it restarts, this run and its checkpoints are lost. Turn its append-only " +
        "file on (appendonly yes) for long runs.";

    static ProgressReport Report(TrainingJob? job)
    {
        if (job?.Run is not { } run) return new("starting");
        // Of the steps that it takes at most: many a training ends before.
        return new(TrainingJob.Status(run), run.MaxStep > 0 && run.Step > 0 ? Math.Min(1, (double)run.Step / run.MaxStep) : null);
    }
}
