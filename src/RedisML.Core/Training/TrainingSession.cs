using System.Diagnostics;
using RedisML.Algorithms.Script;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Runs;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>A training by several workers in this process, each a thread that the caller provides.</summary>
/// <remarks>Worker 0 leads. The result is the same to the bit for any number of workers.</remarks>
public sealed class TrainingSession
{
    readonly TrainingSpecification _specification;
    readonly ITrainingSource _source;
    readonly ITrainingSource? _validation;
    readonly INodeLink _link;
    readonly IProgress<TrainingProgress>? _progress;
    readonly FeaturePlan _plan;
    readonly ITrainingScript? _script;
    readonly WorkerTeam _team = new();
    readonly TaskCompletionSource<TrainingResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="schema">The columns of the dataset.</param>
    /// <param name="progress">Told by the leader, after each chunk that it loads and each iteration.</param>
    /// <param name="validation">Rows by whose loss training stops early; they have the columns that the specification needs.</param>
    /// <exception cref="RedisMLException">The specification doesn't fit the columns, or the rows don't fit into memory.</exception>
    public TrainingSession(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingChunks chunks, int workerCount,
        IProgress<TrainingProgress>? progress = null, ITrainingChunks? validation = null, ITrainingScript? script = null)
        : this(specification, schema, new WholeSource(chunks), new LocalLink(), workerCount, progress, validation is null ? null : new WholeSource(validation), script)
    {
    }

    /// <summary>A training as a node of a run.</summary>
    internal TrainingSession(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingSource source, INodeLink link, int workerCount,
        IProgress<TrainingProgress>? progress, ITrainingSource? validation = null, ITrainingScript? script = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workerCount, 1);
        CheckRange(specification);
        (_specification, _source, _validation, _link, _progress, WorkerCount) = (specification, source, validation, link, progress, workerCount);
        _script = script;
        _plan = new FeaturePlan(specification, schema);
        CheckMemory();
    }

    public int WorkerCount { get; }

    /// <summary>The outcome: the trained model, the first error, or cancellation.</summary>
    public Task<TrainingResult> Completion => _completion.Task;

    /// <summary>Works as one of the workers, on the caller's thread, until the training has ended, however it ended.</summary>
    /// <param name="worker">From 0 to <see cref="WorkerCount"/> − 1, each once.</param>
    /// <param name="cancellation">Ends the training for all workers.</param>
    public void Work(int worker, CancellationToken cancellation)
    {
        if (worker == 0) Lead(cancellation);
        else _team.Help(worker, cancellation);
    }

    /// <summary>Trains on threads of its own.</summary>
    public Task<TrainingResult> RunAsync(CancellationToken cancellation)
    {
        for (int i = 0; i < WorkerCount; i++)
        {
            int worker = i;
            new Thread(() => Work(worker, cancellation)) { IsBackground = true, Name = $"RedisML worker {worker}" }.Start();
        }
        return Completion;
    }

    void Lead(CancellationToken cancellation)
    {
        try
        {
            TrainingResult? result = null;
            _team.Lead(() => result = Train(), cancellation);
            _completion.SetResult(result!);
        }
        catch (OperationCanceledException e)
        {
            _completion.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            _completion.SetException(e);
        }
    }

    TrainingResult Train()
    {
        var held = new HeldChunks(_plan, _specification, _source, _team, WorkerCount, _progress);
        _link.Use(held.Prepare, held.Map?.Leaves ?? 0);
        while (true)
        {
            try
            {
                return Train(held, new TrainingReplica(_link, _link.Enter(_team.Wait)));
            }
            catch (RedisMLException e) when (e.ErrorId == "LossNotFinite")
            {
                throw new RedisMLException(e.ErrorId, e.Kind, _team.NotFiniteWorker is { } worker ? $"{e.Message} Worker {worker} came upon it." : e.Message, e.Target, e);
            }
            catch (ReplicaLostException)
            {
                held = held.Again();
                _link.Use(held.Prepare, held.Map?.Leaves ?? 0);
            }
        }
    }

    TrainingResult Train(HeldChunks held, ITrainingExchange exchange)
    {
        long start = Stopwatch.GetTimestamp();
        var fit = new PipelineFit(_plan, _specification, held.Merge(exchange.Gather(held.Statistics)));
        var data = held.Encode(fit);
        var validation = _validation is null ? null : LoadValidation(_validation, fit);

        long trainingStart = Stopwatch.GetTimestamp();
        var solution = new ModelFit(_specification, fit, data, validation, _team, WorkerCount, exchange, _script, Report).Run();
        int weights = _specification.Algorithm == Algorithm.Custom ? solution.Parameters.Length
            : solution.Parameters.Length / (fit.Layout.Width + 1) * fit.Layout.Width;
        return new TrainingResult
        {
            Pipeline = fit.Pipeline,
            Weights = solution.Parameters[..weights],
            Intercepts = solution.Parameters[weights..],
            Loss = solution.Loss,
            ValidationLoss = solution.ValidationLoss,
            Iterations = solution.Iterations,
            Evaluations = solution.Evaluations,
            Converged = solution.Converged,
            RowsUsed = fit.Rows,
            RowsDropped = fit.Dropped,
            Elapsed = Stopwatch.GetElapsedTime(start),
        };

        void Report(int iteration, double loss, long rowsEvaluated) => _progress?.Report(
            new(iteration, loss, fit.Rows, rowsEvaluated / Stopwatch.GetElapsedTime(trainingStart).TotalSeconds));
    }

    /// <summary>All validation rows: each node judges by all of them, and needs no other for that.</summary>
    TrainingData LoadValidation(ITrainingSource source, PipelineFit fit)
    {
        var held = new HeldChunks(_plan, _specification, source, _team, WorkerCount, progress: null);
        held.Prepare(LocalLink.All);
        var data = held.Encode(fit);
        if (held.Weight > 0) return data;
        throw new RedisMLException("NoRow", ErrorKind.InvalidData, "The validation dataset has no rows with all that training needs.", _specification.Label);
    }

    static void CheckRange(TrainingSpecification specification)
    {
        if (specification.Algorithm == Algorithm.Custom && specification.Script is not { InitialParameters.Count: > 0 })
        {
            throw new RedisMLException("InitialParameterMissing", ErrorKind.InvalidArgument,
                "A model of a script's own needs -InitialParameter: the names of its parameters, and the values to start from.", specification.Label);
        }
        foreach (var parameter in specification.Script?.InitialParameters ?? []) ModelField.CheckName(parameter.Parameter.Name);
        if (!(specification.L2 >= 0 && double.IsFinite(specification.L2))) throw OutOfRange(nameof(specification.L2), specification.L2);
        if (!(specification.Tolerance >= 0 && specification.Tolerance < 1)) throw OutOfRange(nameof(specification.Tolerance), specification.Tolerance);
        if (!(specification.L1 >= 0 && double.IsFinite(specification.L1))) throw OutOfRange(nameof(specification.L1), specification.L1);
        var (optimizer, rate) = (specification.Optimizer, specification.Optimizer.LearningRate ?? 1);
        if (optimizer.Epochs < 1) throw OutOfRange(nameof(optimizer.Epochs), optimizer.Epochs.Value);
        if (optimizer.BatchSize < 1) throw OutOfRange(nameof(optimizer.BatchSize), optimizer.BatchSize.Value);
        if (!(rate > 0 && double.IsFinite(rate))) throw OutOfRange(nameof(optimizer.LearningRate), rate);
        if (!(optimizer.Momentum is >= 0 and < 1)) throw OutOfRange(nameof(optimizer.Momentum), optimizer.Momentum);
        if (optimizer.Patience < 1) throw OutOfRange(nameof(optimizer.Patience), optimizer.Patience);
        foreach (var (name, weight) in specification.ClassWeights)
        {
            if (!(weight > 0 && double.IsFinite(weight))) throw OutOfRange($"The weight of class '{name}'", weight);
        }
        if (specification.MaxIteration < 1) throw OutOfRange(nameof(specification.MaxIteration), specification.MaxIteration);

        static RedisMLException OutOfRange(string name, double value) =>
            new("ValueOutOfRange", ErrorKind.InvalidArgument, $"{name} can't be {value}.", value);
    }

    void CheckMemory()
    {
        bool isWeighted = _specification.SampleWeight is not null || _specification.BalanceClasses || _specification.ClassWeights.Count > 0;
        long row = sizeof(double) * (_plan.NumberCount + (isWeighted ? 2L : 1)) + sizeof(int) * (_plan.Features.Count - _plan.NumberCount);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (_source.Rows * (double)row <= available) return;
        throw new RedisMLException("DatasetTooLarge", ErrorKind.LimitsExceeded,
            $"{_source.Rows:N0} rows of {row:N0} bytes take {_source.Rows * (double)row / 1e9:N1} GB of memory and this process may use " +
            $"{available / 1e9:N1} GB; train on fewer columns, or on a part of the rows.", _source.Rows);
    }
}
