using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Runs.Nodes;
using RedisML.Training.Scripts;

namespace RedisML.Training;

// How a process comes into a run: as its first node, as one more, or as the one that takes it up again.
public sealed partial class ModelTraining
{
    /// <summary>Checks the specification against the dataset's schema, and starts a run with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>InvalidName</c>, and what <see cref="TrainingContext"/> finds wrong
    /// with the specification.</exception>
    public static async Task<ModelTraining> StartAsync(RedisMLConnection connection, Dataset dataset, string model,
        TrainingSpecification specification,
        int workerCount, NodeOptions options, CancellationToken cancellation, Dataset? validation = null, ITrainingScript? script = null,
        ReplicaDemand? replicas = null)
    {
        _ = connection.Keys.Model(model);
        TrainingContext.Check(specification, SchemaOf(dataset), dataset.Rows, validation);
        // Whoever looks at the run is told how many steps the algorithm makes of its options.
        specification = specification with { MaxIteration = TrainingContext.StepsOf(specification) };
        var datasets = new TrainingDatasets(dataset, validation);
        var entry = await RunEntry.StartAsync(connection, new()
        {
            Id = RunEntry.NewId(),
            Kind = TrainingWork.Kind,
            Datasets = [.. datasets.All.Select(DatasetReference.To)],
            Work = RunSpecification.ToWork(new TrainingWork(model, specification, replicas)),
            Nodes = options,
            Started = await connection.Clock.NowAsync(cancellation).ConfigureAwait(false),
        }, cancellation).ConfigureAwait(false);
        return await BeginAsync(connection, entry, datasets, script, workerCount, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes part in a run as one more node, once its members let this one in.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>NodeRefused</c>:
    /// another version of the module or the dataset.</exception>
    public static async Task<ModelTraining> JoinAsync(
        RedisMLConnection connection, string id, int workerCount, CancellationToken cancellation, Func<ScriptSpecification,
        ITrainingScript>? toScript = null)
    {
        var entry = await RunEntry.JoinAsync(connection, id, cancellation).ConfigureAwait(false);
        var datasets = await DatasetsAsync(connection, entry.Specification, cancellation).ConfigureAwait(false);
        return await BeginAsync(connection, entry, datasets, ScriptOf(entry.Specification, toScript), workerCount, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Goes on with a run that was stopped, failed or interrupted, from its last checkpoint,
    /// with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>RunActive</c>; <c>NodeRefused</c>.</exception>
    public static async Task<ModelTraining> ResumeAsync(
        RedisMLConnection connection, string id, int workerCount, CancellationToken cancellation, Func<ScriptSpecification,
        ITrainingScript>? toScript = null)
    {
        var (ledger, control) = await RunEntry.FindResumableAsync(connection, id, cancellation).ConfigureAwait(false);
        var datasets = await DatasetsAsync(connection, ledger.Specification, cancellation).ConfigureAwait(false);
        var script = ScriptOf(ledger.Specification, toScript);
        var entry = await RunEntry.ResumeAsync(connection, ledger, control, cancellation).ConfigureAwait(false);
        return await BeginAsync(connection, entry, datasets, script, workerCount, cancellation).ConfigureAwait(false);
    }

    static async Task<ModelTraining> BeginAsync(
        RedisMLConnection connection, RunEntry entry, TrainingDatasets datasets, ITrainingScript? script, int workerCount,
        CancellationToken cancellation)
    {
        var source = await DatasetTrainingSource.OpenAsync(connection, datasets.Training, cancellation).ConfigureAwait(false);
        var validation = datasets.Validation is null ? null
            : await DatasetTrainingSource.OpenAsync(connection, datasets.Validation, cancellation).ConfigureAwait(false);
        var node =
            new RunNode(entry.Ledger, workerCount, entry.Member, [.. datasets.All.Select(dataset => new DatasetPin(connection, dataset))]);
        try
        {
            await node.StartAsync(isMember: entry.Member is not null, cancellation).ConfigureAwait(false);
            return new ModelTraining(connection, entry.Ledger, node, SchemaOf(datasets.Training), source, validation, script, workerCount);
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static ITrainingScript? ScriptOf(RunSpecification run, Func<ScriptSpecification, ITrainingScript>? toScript)
    {
        if (TrainingWork.Of(run).Training.Script is not { } script) return null;
        return toScript?.Invoke(script) ?? throw run.Refused("it trains by a script, which needs PowerShell");
    }

    /// <summary>What a run trains on, as this node finds it.</summary>
    static async Task<TrainingDatasets> DatasetsAsync(RedisMLConnection connection, RunSpecification run, CancellationToken cancellation)
    {
        var found = new List<Dataset>();
        foreach (var dataset in run.Datasets) found.Add(await dataset.FindAsync(connection, run, cancellation).ConfigureAwait(false));
        return new(found[0], found.ElementAtOrDefault(1));
    }

    static IReadOnlyList<ColumnSchema> SchemaOf(Dataset dataset) => [.. dataset.Columns.Select(c => c.Schema)];

    readonly record struct TrainingDatasets(Dataset Training, Dataset? Validation)
    {
        public IEnumerable<Dataset> All => Validation is null ? [Training] : [Training, Validation];
    }
}
