using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Runs;

namespace RedisML.Prediction.Distributed;

/// <summary>Predicts the rows of a dataset into another one over several processes, each of which may come late, or be lost.</summary>
/// <remarks>The output is the same to the bit for any number of nodes, and has each row once. A run is known by its output.</remarks>
public sealed class DistributedPrediction(RedisMLConnection connection)
{
    /// <summary>How many chunks this process works on at once.</summary>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>How many chunks are shared out at once.</summary>
    internal int RoundChunks { get; init; } = 64;

    /// <summary>Starts a run with this process as its first node, and works at it to its end.</summary>
    /// <exception cref="RedisMLException">Those of <see cref="DatasetPrediction.RunAsync"/>; <c>RunActive</c>: one is at work;
    /// <c>TooFewNodes</c>, <c>RunStateLost</c>.</exception>
    public async Task<DatasetPredictionResult> RunAsync(Model model, Dataset source, string output, PredictionOptions options, bool force,
        NodeOptions nodes, IProgress<PredictionProgress>? progress, CancellationToken cancellation)
    {
        var plan = await PredictionPlan.CreateAsync(connection, model, source, output, options, cancellation).ConfigureAwait(false);
        if (plan.IsDone) return plan.Result(plan.Current!, new(), default) with { Unchanged = true };
        plan.DemandRoom(force);
        if (await FindAsync(output, IsActive, cancellation).ConfigureAwait(false) is { } other)
            throw new RedisMLException("RunActive", ErrorKind.ResourceBusy,
                $"A run predicts into dataset '{output}' already ({other.State}, nodes: {other.Nodes}); -Join takes part.",
                output);
        var chunkRows = await new DatasetReader(connection).ChunkRowsAsync(source, cancellation).ConfigureAwait(false);
        string id = RunEntry.NewId();
        var (import, owner) = await ImportJournal.OpenSharedAsync(connection, output, id, chunkRows.Length, cancellation)
            .ConfigureAwait(false);
        var entry = await RunEntry.StartAsync(connection, new()
        {
            Id = id,
            Kind = PredictionWork.Kind,
            Datasets = [DatasetReference.To(source)],
            Work = RunSpecification.ToWork(new PredictionWork(
                model.Name, model.Version, options, plan.Fingerprint, output, plan.Current?.Version, import, owner, RoundChunks)),
            Nodes = nodes,
            Started = await connection.Clock.NowAsync(cancellation).ConfigureAwait(false),
        }, cancellation).ConfigureAwait(false);
        return await new PredictionNode(connection, entry, plan, chunkRows, WorkerCount, progress).RunAsync(cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Takes part in the run that predicts into a dataset, as one more node.</summary>
    /// <exception cref="RedisMLException"><c>PredictionRunNotFound</c>; <c>NodeRefused</c>: another version of the module, the model or the
    /// rows.</exception>
    public async Task<DatasetPredictionResult> JoinAsync(string output, IProgress<PredictionProgress>? progress,
        CancellationToken cancellation)
    {
        var run = await FindAsync(output, IsActive, cancellation).ConfigureAwait(false) ?? throw NotFound(output, "-NodeCount starts one");
        var entry = await RunEntry.JoinAsync(connection, run.Id, cancellation).ConfigureAwait(false);
        return await TakePartAsync(entry, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run that was stopped, failed or interrupted, with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>PredictionRunNotFound</c>; <c>RunActive</c>; <c>NodeRefused</c>.</exception>
    public async Task<DatasetPredictionResult> ResumeAsync(string output, IProgress<PredictionProgress>? progress,
        CancellationToken cancellation)
    {
        var run = await FindAsync(output, run => run.State != RunState.Completed, cancellation).ConfigureAwait(false)
            ?? throw NotFound(output, "there is nothing to go on with");
        var (ledger, control) = await RunEntry.FindResumableAsync(connection, run.Id, cancellation).ConfigureAwait(false);
        var entry = await RunEntry.ResumeAsync(connection, ledger, control, cancellation).ConfigureAwait(false);
        return await TakePartAsync(entry, progress, cancellation).ConfigureAwait(false);
    }

    async Task<DatasetPredictionResult> TakePartAsync(RunEntry entry, IProgress<PredictionProgress>? progress,
        CancellationToken cancellation)
    {
        var (run, work) = (entry.Specification, PredictionWork.Of(entry.Specification));
        var source = await run.Datasets[0].FindAsync(connection, run, cancellation).ConfigureAwait(false);
        var model = await new ModelStore(connection).GetAsync(new ModelReference(work.Model, work.ModelVersion), cancellation)
            .ConfigureAwait(false);
        var plan = await PredictionPlan.CreateAsync(connection, model, source, work.Output, work.Options, cancellation)
            .ConfigureAwait(false);
        if (plan.Fingerprint != work.Fingerprint)
            throw run.Refused($"model '{model.Name}', version {model.Version}, was changed meanwhile");
        var chunkRows = await new DatasetReader(connection).ChunkRowsAsync(source, cancellation).ConfigureAwait(false);
        return await new PredictionNode(connection, entry, plan, chunkRows, WorkerCount, progress).RunAsync(cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>The last run that predicts into a dataset and is so; null where there is none.</summary>
    async Task<RunStatus?> FindAsync(string output, Func<RunStatus, bool> isSo, CancellationToken cancellation)
    {
        var store = new RunStore(connection);
        RunStatus? found = null;
        foreach (var id in await store.ListAsync(PredictionWork.Kind, cancellation).ConfigureAwait(false))
        {
            try
            {
                if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } run && isSo(run)
                    && PredictionWork.Of(run.Specification).Output == output
                    && !(found?.Specification.Started > run.Specification.Started)) found = run;
            }
            catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData)
            {
                // One that is broken hides no others.
            }
        }
        return found;
    }

    static bool IsActive(RunStatus run) => run.State is RunState.Waiting or RunState.Running or RunState.Paused;

    static RedisMLException NotFound(string output, string hint) => new("PredictionRunNotFound", ErrorKind.ObjectNotFound,
        $"No run predicts into dataset '{output}': {hint}.", output);
}
