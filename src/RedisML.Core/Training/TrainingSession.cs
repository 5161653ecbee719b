using System.Diagnostics;
using RedisML.Datasets;
using RedisML.Features;

namespace RedisML.Training;

/// <summary>A training by several workers in this process, each a thread that the caller provides.</summary>
/// <remarks>Worker 0 leads. The result is the same to the bit for any number of workers.</remarks>
public sealed class TrainingSession
{
    readonly TrainingSpecification _specification;
    readonly ITrainingSource _source;
    readonly INodeLink _link;
    readonly IProgress<TrainingProgress>? _progress;
    readonly FeaturePlan _plan;
    readonly WorkerTeam _team = new();
    readonly TaskCompletionSource<TrainingResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="schema">The columns of the dataset.</param>
    /// <param name="progress">Told by the leader, after each chunk that it loads and each iteration.</param>
    /// <exception cref="RedisMLException">The specification doesn't fit the columns, or the rows don't fit into memory.</exception>
    public TrainingSession(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingChunks chunks, int workerCount,
        IProgress<TrainingProgress>? progress = null)
        : this(specification, schema, new WholeSource(chunks), new LocalLink(), workerCount, progress)
    {
    }

    /// <summary>A training as a node of a run.</summary>
    internal TrainingSession(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingSource source, INodeLink link, int workerCount,
        IProgress<TrainingProgress>? progress)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workerCount, 1);
        CheckRange(specification);
        (_specification, _source, _link, _progress, WorkerCount) = (specification, source, link, progress, workerCount);
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
        _link.Prepare = held.Prepare;
        while (true)
        {
            try
            {
                return Train(held, new TrainingReplica(_link, _link.Enter(_team.Wait)));
            }
            catch (ReplicaLostException)
            {
                held = held.Again();
                _link.Prepare = held.Prepare;
            }
        }
    }

    TrainingResult Train(HeldChunks held, ITrainingExchange exchange)
    {
        long start = Stopwatch.GetTimestamp();
        var fit = new PipelineFit(_plan, _specification, held.Merge(exchange.Gather(held.Statistics)));
        var data = held.Encode(fit);

        long trainingStart = Stopwatch.GetTimestamp();
        var solution = new ModelFit(_specification, fit, data, _team, WorkerCount, exchange, Report).Run();
        int weights = solution.Parameters.Length / (fit.Layout.Width + 1) * fit.Layout.Width;
        return new TrainingResult
        {
            Pipeline = fit.Pipeline,
            Weights = solution.Parameters[..weights],
            Intercepts = solution.Parameters[weights..],
            Loss = solution.Loss,
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

    static void CheckRange(TrainingSpecification specification)
    {
        if (!(specification.L2 >= 0 && double.IsFinite(specification.L2))) throw OutOfRange(nameof(specification.L2), specification.L2);
        if (!(specification.Tolerance >= 0 && specification.Tolerance < 1)) throw OutOfRange(nameof(specification.Tolerance), specification.Tolerance);
        if (specification.MaxIteration < 1) throw OutOfRange(nameof(specification.MaxIteration), specification.MaxIteration);

        static RedisMLException OutOfRange(string name, double value) =>
            new("ValueOutOfRange", ErrorKind.InvalidArgument, $"{name} can't be {value}.", value);
    }

    void CheckMemory()
    {
        long row = sizeof(double) * (_plan.NumberCount + 1L) + sizeof(int) * (_plan.Features.Count - _plan.NumberCount);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (_source.Rows * (double)row <= available) return;
        throw new RedisMLException("DatasetTooLarge", ErrorKind.LimitsExceeded,
            $"{_source.Rows:N0} rows of {row:N0} bytes take {_source.Rows * (double)row / 1e9:N1} GB of memory and this process may use " +
            $"{available / 1e9:N1} GB; train on fewer columns, or on a part of the rows.", _source.Rows);
    }
}
