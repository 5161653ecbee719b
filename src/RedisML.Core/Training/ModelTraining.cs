using RedisML.Columns;
using RedisML.Connections;
using RedisML.Diagnostics;
using RedisML.Runs;
using RedisML.Runs.Nodes;
using RedisML.Training.Scripts;

namespace RedisML.Training;

/// <summary>This process's part in a training run: by workers that the caller provides, on a dataset in Redis,
/// alone or with other nodes.</summary>
/// <remarks>Call <see cref="Work"/> once a worker, each on a thread of its own, and await <see cref="Completion"/>.</remarks>
public sealed partial class ModelTraining
{
    readonly RedisMLConnection _connection;
    readonly RunLedger _ledger;
    readonly TrainingWork _work;
    readonly RunNode _node;
    readonly NodeLink _link;
    readonly RunRecorder _recorder;
    readonly DatasetTrainingSource _source;
    readonly DatasetTrainingSource? _validation;
    readonly TrainingSession _session;
    readonly IWorkLog? _log = WorkLog.Current;
    volatile TrainingRun _run;

    ModelTraining(RedisMLConnection connection, RunLedger ledger, RunNode node, IReadOnlyList<ColumnSchema> schema,
        DatasetTrainingSource source,
        DatasetTrainingSource? validation, ITrainingScript? script, int workerCount)
    {
        (_connection, _ledger, _node, _source, _validation) = (connection, ledger, node, source, validation);
        _work = TrainingWork.Of(ledger.Specification);
        _run = new()
        {
            Id = ledger.Specification.Id,
            Model = _work.Model,
            Dataset = ledger.Specification.Datasets[0].Name,
            DatasetVersion = ledger.Specification.Datasets[0].Version,
            State = RunState.Running,
            Algorithm = _work.Training.Algorithm,
            ScriptHash = _work.Training.Script?.Hash,
            Workers = workerCount,
            MaxStep = _work.Training.MaxIteration,
            Started = ledger.Specification.Started,
        };
        _link = new(node);
        _recorder = new(ledger, node.Membership);
        Script = script;
        _session = new(_work.Training, schema, source, _link, workerCount, new Progress(this), validation, script);
        _recorder.Start();
        Completion = CompleteAsync();
    }

    /// <summary>The user's code, where it trains by that.</summary>
    public ITrainingScript? Script { get; }

    /// <summary>Ends when the model is published, or with the first error.</summary>
    public Task<TrainingRun> Completion { get; }

    /// <summary>What is to be known of the publication; null for nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>How far the training is.</summary>
    public TrainingRun Run => _run with
    {
        Elapsed = _ledger.Clock.Latest - _run.Started,
        Nodes = _node.Membership.Count,
        State = _run.State == RunState.Running && _node.Membership.Control is { Phase: RunPhase.Pause } control
            ? control.Started ? RunState.Paused : RunState.Waiting : _run.State,
        Reason = _node.Membership.Control?.Reason ?? "",
    };

    /// <summary>Works as one of the workers, on the caller's thread, until the training has ended, however it ended.</summary>
    /// <param name="worker">The number of the worker: from 0 to the number of workers − 1, each once.</param>
    /// <param name="cancellation">Takes this process out of the run; where it is the last, the run stops, resumable.</param>
    public void Work(int worker, CancellationToken cancellation)
    {
        // It runs on a thread of the caller's, which knows nothing of the log.
        using (WorkLog.Use(WorkLog.Current ?? _log)) _session.Work(worker, cancellation);
    }

    /// <summary>Records a figure of a step of the run.</summary>
    public void WriteMetric(string name, long step, double value) => _recorder.Report(name, step, value);

    /// <summary>Keeps the run's snapshot up to date, on the leader's thread.</summary>
    sealed class Progress(ModelTraining training) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            training._run = training._run with
            {
                Step = value.Iteration,
                Loss = double.IsNaN(value.Loss) ? training._run.Loss : value.Loss,
                RowsUsed = value.Rows,
                RowsDropped = value.RowsDropped,
                RowsPerSecond = value.RowsPerSecond,
            };
            training._recorder.Report(value);
        }
    }
}
