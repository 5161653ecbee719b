using System.Security.Cryptography;
using RedisML.Algorithms.Script;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Runs.Nodes;

namespace RedisML.Training;

// How a process comes into a run: as its first node, as one more, or as the one that takes it up again.
public sealed partial class ModelTraining
{
    /// <summary>Checks the specification against the dataset's schema, and starts a run with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>InvalidName</c>, and what <see cref="TrainingSession"/> finds wrong with the specification.</exception>
    public static async Task<ModelTraining> StartAsync(RedisMLConnection connection, Dataset dataset, string model, TrainingSpecification specification,
        int workerCount, NodeOptions options, CancellationToken cancellation, Dataset? validation = null, ITrainingScript? script = null)
    {
        // Spelling the key checks the name.
        _ = connection.Keys.Model(model);
        var run = new RunSpecification
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
            Model = model,
            Dataset = dataset.Name,
            DatasetVersion = dataset.Version,
            DatasetIdentity = RunSpecification.IdentityOf(dataset),
            Validation = validation?.Name,
            ValidationVersion = validation?.Version ?? 0,
            ValidationIdentity = validation is null ? null : RunSpecification.IdentityOf(validation),
            Training = specification,
            Nodes = options,
            Started = DateTimeOffset.UtcNow,
        };
        // What is wrong with the specification is found before anything is written.
        _ = new TrainingSession(specification, [.. dataset.Columns.Select(c => c.Schema)], new EmptyChunks(dataset.Rows), workerCount);
        var id = TrainingNode.NewId(TrainingNode.NewName());
        var ledger = await new RunStore(connection).CreateAsync(run, id, cancellation).ConfigureAwait(false);
        return await BeginAsync(connection, ledger, new(dataset, validation), script, workerCount, id, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes part in a run as one more node, once its members let this one in.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>NodeRefused</c>: another version of the module or the dataset.</exception>
    public static async Task<ModelTraining> JoinAsync(
        RedisMLConnection connection, string id, int workerCount, CancellationToken cancellation, Func<ScriptSpecification, ITrainingScript>? toScript = null)
    {
        var (ledger, control) = await new RunStore(connection).OpenAsync(id, cancellation).ConfigureAwait(false);
        if (control.HasEnded)
        {
            throw new RedisMLException("RunEnded", ErrorKind.InvalidOperation, control.Phase == RunPhase.Done
                ? $"Training run '{id}' has completed." : $"Training run '{id}' has {control.Phase} ({control.Reason}); Resume-RedisDistributedTraining goes on with it.", id);
        }
        if (ledger.Specification.Nodes.Limit == 1)
        {
            throw new RedisMLException("RunFull", ErrorKind.InvalidOperation,
                $"Training run '{id}' was started for one node. Give Start-RedisDistributedTraining -NodeCount or -MaxNode to let others take part.", id);
        }
        var datasets = await DatasetsAsync(connection, ledger.Specification, cancellation).ConfigureAwait(false);
        return await BeginAsync(connection, ledger, datasets, ScriptOf(ledger, toScript), workerCount, null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run that was stopped, failed or interrupted, from its last checkpoint, with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>RunActive</c>; <c>NodeRefused</c>.</exception>
    public static async Task<ModelTraining> ResumeAsync(
        RedisMLConnection connection, string id, int workerCount, CancellationToken cancellation, Func<ScriptSpecification, ITrainingScript>? toScript = null)
    {
        var store = new RunStore(connection);
        var (ledger, control) = await store.OpenAsync(id, cancellation).ConfigureAwait(false);
        var run = await store.GetAsync(id, cancellation).ConfigureAwait(false);
        if (run.State == TrainingState.Completed) throw new RedisMLException("RunEnded", ErrorKind.InvalidOperation, $"Training run '{id}' has completed.", id);
        if (!control.HasEnded && run.State != TrainingState.Interrupted) throw RunStore.Active(run);
        var datasets = await DatasetsAsync(connection, ledger.Specification, cancellation).ConfigureAwait(false);
        var node = TrainingNode.NewId(TrainingNode.NewName());
        var options = ledger.Specification.Nodes;
        var phase = options.Limit == 1 ? RunPhase.Run : (control.Started ? options.MinNode : options.NodeCount) <= 1 ? RunPhase.Form : RunPhase.Pause;
        if (!await ledger.ProposeAsync(control, [node], phase, $"resumed on {node}", node, restart: true, cancellation).ConfigureAwait(false))
            throw RunStore.Active(run);
        return await BeginAsync(connection, ledger, datasets, ScriptOf(ledger, toScript), workerCount, node, cancellation).ConfigureAwait(false);
    }

    static async Task<ModelTraining> BeginAsync(
        RedisMLConnection connection, RunLedger ledger, TrainingDatasets datasets, ITrainingScript? script, int workerCount, string? member,
        CancellationToken cancellation)
    {
        var source = await DatasetTrainingSource.OpenAsync(connection, datasets.Training, cancellation).ConfigureAwait(false);
        var validation = datasets.Validation is null ? null
            : await DatasetTrainingSource.OpenAsync(connection, datasets.Validation, cancellation).ConfigureAwait(false);
        var node = new TrainingNode(ledger, workerCount, member, [.. datasets.All.Select(dataset => new DatasetPin(connection, dataset))]);
        try
        {
            await node.StartAsync(isMember: member is not null, cancellation).ConfigureAwait(false);
            var training = new ModelTraining(connection, ledger, node, datasets, source, validation, script, workerCount);
            training._recorder.Start();
            training.Completion = training.CompleteAsync();
            return training;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static ITrainingScript? ScriptOf(RunLedger ledger, Func<ScriptSpecification, ITrainingScript>? toScript)
    {
        if (ledger.Specification.Training.Script is not { } script) return null;
        return toScript?.Invoke(script) ?? throw Refused(ledger.Specification, "it trains by a script, which needs PowerShell");
    }

    /// <summary>What a run trains on, as this node finds it.</summary>
    static async Task<TrainingDatasets> DatasetsAsync(RedisMLConnection connection, RunSpecification run, CancellationToken cancellation)
    {
        if (run.Module != RunSpecification.CurrentModule || run.Protocol != RunSpecification.CurrentProtocol)
            throw Refused(run, $"it runs RedisML {run.Module} (protocol {run.Protocol}) and this is {RunSpecification.CurrentModule} (protocol {RunSpecification.CurrentProtocol})");
        return new(await FindAsync(run.Dataset, run.DatasetVersion, run.DatasetIdentity).ConfigureAwait(false),
            run.Validation is null ? null : await FindAsync(run.Validation, run.ValidationVersion, run.ValidationIdentity!).ConfigureAwait(false));

        async Task<Dataset> FindAsync(string name, long version, string expected)
        {
            Dataset dataset;
            try
            {
                dataset = await new DatasetStore(connection).GetAsync(name, version, cancellation).ConfigureAwait(false);
            }
            catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
            {
                throw Refused(run, $"it trains on version {version} of dataset '{name}', which isn't there any more");
            }
            var identity = RunSpecification.IdentityOf(dataset);
            return identity == expected ? dataset : throw Refused(run, $"it trains on dataset '{name}', version {expected}, and here is version {identity}");
        }
    }

    static RedisMLException Refused(RunSpecification run, string why) => new("NodeRefused", ErrorKind.InvalidOperation,
        $"This process can't take part in training run '{run.Id}': {why}.", run.Id);

    readonly record struct TrainingDatasets(Dataset Training, Dataset? Validation)
    {
        public IEnumerable<Dataset> All => Validation is null ? [Training] : [Training, Validation];

        public IReadOnlyList<ColumnSchema> Schema => [.. Training.Columns.Select(c => c.Schema)];
    }

    sealed class EmptyChunks(long rows) : ITrainingChunks
    {
        public long Rows => rows;

        public DatasetChunk? Take(CancellationToken cancellation) => null;
    }
}
