using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Models;
using StackExchange.Redis;

namespace RedisML.Training;

/// <summary>This process's part in a training run: by workers that the caller provides, on a dataset in Redis, alone or with other nodes.</summary>
/// <remarks>Call <see cref="Work"/> once a worker, each on a thread of its own, and await <see cref="Completion"/>.</remarks>
public sealed class ModelTraining
{
    /// <summary>How long others wait for the node that ended the run to publish the model.</summary>
    static readonly TimeSpan s_publishPatience = TimeSpan.FromSeconds(3);

    readonly RedisMLConnection _connection;
    readonly RunLedger _ledger;
    readonly TrainingNode _node;
    readonly NodeLink _link;
    readonly RunRecorder _recorder;
    readonly DatasetTrainingSource _source;
    readonly DatasetTrainingSource? _validation;
    readonly TrainingSession _session;
    volatile TrainingRun _run;

    ModelTraining(RedisMLConnection connection, RunLedger ledger, TrainingNode node, TrainingDatasets datasets, DatasetTrainingSource source,
        DatasetTrainingSource? validation, int workerCount)
    {
        (_connection, _ledger, _node, _source, _validation) = (connection, ledger, node, source, validation);
        var specification = ledger.Specification;
        _run = new()
        {
            Id = specification.Id,
            Model = specification.Model,
            Dataset = specification.Dataset,
            DatasetVersion = specification.DatasetVersion,
            State = TrainingState.Running,
            Algorithm = specification.Training.Algorithm,
            Workers = workerCount,
            MaxStep = specification.Training.MaxIteration,
            Started = specification.Started,
        };
        _link = new(node);
        _recorder = new(ledger, node);
        _session = new(specification.Training, datasets.Schema, source, _link, workerCount, new RunProgress(this), validation);
    }

    /// <summary>Ends when the model is published, or with the first error.</summary>
    public Task<TrainingRun> Completion { get; private set; } = Task.FromException<TrainingRun>(new InvalidOperationException());

    /// <summary>How far the training is.</summary>
    public TrainingRun Run => _run with
    {
        Elapsed = DateTimeOffset.UtcNow - _run.Started,
        Nodes = _node.Members,
        State = _run.State == TrainingState.Running && _node.Control is { Phase: RunPhase.Pause } control
            ? control.Started ? TrainingState.Paused : TrainingState.Waiting : _run.State,
        Reason = _node.Control?.Reason ?? "",
    };

    /// <summary>Checks the specification against the dataset's schema, and starts a run with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>InvalidName</c>, and what <see cref="TrainingSession"/> finds wrong with the specification.</exception>
    public static async Task<ModelTraining> StartAsync(RedisMLConnection connection, Dataset dataset, string model, TrainingSpecification specification,
        int workerCount, NodeOptions options, CancellationToken cancellation, Dataset? validation = null)
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
        return await BeginAsync(connection, ledger, new(dataset, validation), workerCount, id, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes part in a run as one more node, once its members let this one in.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>NodeRefused</c>: another version of the module or the dataset.</exception>
    public static async Task<ModelTraining> JoinAsync(RedisMLConnection connection, string id, int workerCount, CancellationToken cancellation)
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
        return await BeginAsync(connection, ledger, datasets, workerCount, null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run that was stopped, failed or interrupted, from its last checkpoint, with this process as its first node.</summary>
    /// <exception cref="RedisMLException"><c>TrainingRunNotFound</c>; <c>RunEnded</c>; <c>RunActive</c>; <c>NodeRefused</c>.</exception>
    public static async Task<ModelTraining> ResumeAsync(RedisMLConnection connection, string id, int workerCount, CancellationToken cancellation)
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
        return await BeginAsync(connection, ledger, datasets, workerCount, node, cancellation).ConfigureAwait(false);
    }

    /// <summary>Works as one of the workers, on the caller's thread, until the training has ended, however it ended.</summary>
    /// <param name="worker">From 0 to the number of workers − 1, each once.</param>
    /// <param name="cancellation">Takes this process out of the run; where it is the last, the run stops, resumable.</param>
    public void Work(int worker, CancellationToken cancellation) => _session.Work(worker, cancellation);

    static async Task<ModelTraining> BeginAsync(
        RedisMLConnection connection, RunLedger ledger, TrainingDatasets datasets, int workerCount, string? member, CancellationToken cancellation)
    {
        var source = await DatasetTrainingSource.OpenAsync(connection, datasets.Training, cancellation).ConfigureAwait(false);
        var validation = datasets.Validation is null ? null
            : await DatasetTrainingSource.OpenAsync(connection, datasets.Validation, cancellation).ConfigureAwait(false);
        var node = new TrainingNode(ledger, workerCount, member);
        try
        {
            await node.StartAsync(isMember: member is not null, cancellation).ConfigureAwait(false);
            var training = new ModelTraining(connection, ledger, node, datasets, source, validation, workerCount);
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

    async Task<TrainingRun> CompleteAsync()
    {
        try
        {
            var control = await EndAsync().ConfigureAwait(false);
            if (control.Phase == RunPhase.Stopped) throw new OperationCanceledException(control.Reason);
            if (control.Phase == RunPhase.Failed)
            {
                throw new RedisMLException(control.Result is { Length: > 0 } id ? id : "TrainingFailed", ErrorKind.InvalidOperation,
                    $"Training run '{_run.Id}' failed: {control.Reason}", _run.Id);
            }
            var outcome = TrainingOutcome.FromJson(control.Result);
            long version = await PublishedAsync(control).ConfigureAwait(false);
            return _run = Run with
            {
                State = TrainingState.Completed,
                ModelVersion = version,
                Step = outcome.Iterations,
                Loss = outcome.Loss,
                Converged = outcome.Converged,
                RowsUsed = outcome.RowsUsed,
                RowsDropped = outcome.RowsDropped,
                Reason = "",
            };
        }
        catch (Exception e)
        {
            _run = Run with { State = e is OperationCanceledException ? TrainingState.Stopped : TrainingState.Failed };
            throw;
        }
        finally
        {
            await _recorder.DisposeAsync().ConfigureAwait(false);
            await _node.DisposeAsync().ConfigureAwait(false);
            await _source.DisposeAsync().ConfigureAwait(false);
            if (_validation is not null) await _validation.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sees the run to its end, whoever brings it about.</summary>
    async Task<RunControl> EndAsync()
    {
        try
        {
            var result = await _session.Completion.ConfigureAwait(false);
            return await _node.CompleteAsync(ModelFields(result), new()
            {
                Loss = result.Loss,
                Iterations = result.Iterations,
                Converged = result.Converged,
                RowsUsed = result.RowsUsed,
                RowsDropped = result.RowsDropped,
                Ended = DateTimeOffset.UtcNow,
            }).ConfigureAwait(false);
        }
        catch (RunEndedException e)
        {
            return e.Control;
        }
        catch (OperationCanceledException)
        {
            await TryAsync(() => _node.LeaveAsync(_link.Replica?.Save())).ConfigureAwait(false);
            throw;
        }
        catch (RedisMLException e) when (e.ErrorId is not ("RunStateLost" or "NodeRefused" or "NodeNotLetIn" or "RunFull" or "RunTakenOver"))
        {
            await TryAsync(() => _node.FailAsync(e, _link.Replica?.Save())).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The others are told where that is possible; what happened here counts more than why it isn't.</summary>
    static async Task TryAsync(Func<Task> tell)
    {
        try
        {
            await tell().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisMLException or RedisException or OperationCanceledException) { }
    }

    HashEntry[] ModelFields(TrainingResult result)
    {
        var specification = _ledger.Specification;
        var definition = new ModelDefinition
        {
            Algorithm = specification.Training.Algorithm,
            Pipeline = result.Pipeline,
            L2 = specification.Training.L2,
            Metrics = new Dictionary<string, double> { ["loss"] = result.Loss, ["iterations"] = result.Iterations },
            Lineage = new()
            {
                Dataset = specification.Dataset,
                DatasetVersion = specification.DatasetVersion,
                Run = specification.Id,
                Seed = specification.Training.Seed,
                RowsUsed = result.RowsUsed,
                RowsDropped = result.RowsDropped,
                Trained = DateTimeOffset.UtcNow,
            },
        };
        return
        [
            new("definition", JsonSerializer.SerializeToUtf8Bytes(definition, ModelJson.Definition)),
            new("weights", MemoryMarshal.AsBytes(result.Weights.AsSpan()).ToArray()),
            new("intercepts", MemoryMarshal.AsBytes(result.Intercepts.AsSpan()).ToArray()),
        ];
    }

    /// <summary>The version that the run has published: by its first member, and where that one is gone, by whoever sees that the run is done.</summary>
    async Task<long> PublishedAsync(RunControl control)
    {
        var (database, keys) = (_ledger.Database, _ledger.Keys);
        for (long start = Stopwatch.GetTimestamp(); control.Members is not [var first, ..] || first != _node.Id;)
        {
            if ((long)await _ledger.RetryAsync(() => database.HashGetAsync(keys.Control, "published"), default).ConfigureAwait(false) is > 0 and var version)
                return version;
            if (Stopwatch.GetElapsedTime(start) > s_publishPatience) break;
            await Task.Delay(20).ConfigureAwait(false);
        }
        var fields = (await _ledger.RetryAsync(() => database.HashGetAllAsync(keys.Model), default).ConfigureAwait(false)).ToDictionary(f => (string)f.Name!, f => f.Value);
        if (!fields.ContainsKey("definition")) throw _ledger.Lost();
        var definition = ModelJson.Read(((ReadOnlyMemory<byte>)fields["definition"]).Span, _run.Model);
        var parameters = new LinearParameters(Doubles(fields["weights"]), Doubles(fields["intercepts"]));
        var model = await new ModelStore(_connection).PublishOnceAsync(_run.Model, definition, parameters.ToFields(definition.Algorithm), default).ConfigureAwait(false);
        await _ledger.RetryAsync(() => database.HashSetAsync(keys.Control, "published", model.Version), default).ConfigureAwait(false);
        await _recorder.WriteAsync().ConfigureAwait(false);
        await new RunStore(_connection).ClearAsync(_run.Id, all: false, default).ConfigureAwait(false);
        return model.Version;

        static double[] Doubles(RedisValue bytes) => MemoryMarshal.Cast<byte, double>(((ReadOnlyMemory<byte>)bytes).Span).ToArray();
    }

    /// <summary>Keeps the run's snapshot up to date, on the leader's thread.</summary>
    sealed class RunProgress(ModelTraining training) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            training._run = training._run with
            {
                Step = value.Iteration,
                Loss = value.Loss,
                RowsUsed = value.Rows,
                RowsPerSecond = value.RowsPerSecond,
            };
            training._recorder.Report(value);
        }
    }

    readonly record struct TrainingDatasets(Dataset Training, Dataset? Validation)
    {
        public IReadOnlyList<ColumnSchema> Schema => [.. Training.Columns.Select(c => c.Schema)];
    }

    sealed class EmptyChunks(long rows) : ITrainingChunks
    {
        public long Rows => rows;

        public DatasetChunk? Take(CancellationToken cancellation) => null;
    }
}
