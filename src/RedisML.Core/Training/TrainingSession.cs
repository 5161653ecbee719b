using RedisML.Columns;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training.Scripts;

namespace RedisML.Training;

/// <summary>A training by several workers in this process, each a thread that the caller provides.</summary>
/// <remarks>Worker 0 leads. The result is the same to the bit for any number of workers.</remarks>
public sealed class TrainingSession
{
    readonly RunSession<TrainingResult> _session;

    /// <param name="schema">The columns of the dataset.</param>
    /// <param name="progress">Told by the leader, after each chunk that it loads and each iteration.</param>
    /// <param name="validation">Rows by whose loss training stops early; they have the columns that the specification needs.</param>
    /// <exception cref="Errors.RedisMLException">The specification doesn't fit the columns, or the rows don't fit into memory.</exception>
    public TrainingSession(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingChunks chunks, int workerCount,
        IProgress<RunProgress>? progress = null, ITrainingChunks? validation = null, ITrainingScript? script = null)
        : this(specification, schema, new WholeSource(chunks), new LocalLink(), workerCount, progress,
            validation is null ? null : new WholeSource(validation), script)
    {
    }

    /// <summary>A training as a node of a run.</summary>
    internal TrainingSession(
        TrainingSpecification specification, IReadOnlyList<ColumnSchema> schema, ITrainingSource source, INodeLink link, int workerCount,
        IProgress<RunProgress>? progress, ITrainingSource? validation = null, ITrainingScript? script = null)
    {
        TrainingContext.Check(specification, schema, source.Rows);
        _session = new(
            team =>
            {
                var context = new TrainingContext(specification, schema, source, validation, team, workerCount, progress, script);
                return context.Algorithm.Train(context);
            }, link, workerCount);
    }

    /// <summary>The outcome: the trained model, the first error, or cancellation.</summary>
    public Task<TrainingResult> Completion => _session.Completion;

    /// <summary>Works as one of the workers, on the caller's thread, until the training has ended, however it ended.</summary>
    /// <param name="worker">The number of the worker: from 0 to the number of workers − 1, each once.</param>
    /// <param name="cancellation">Ends the training for all workers.</param>
    public void Work(int worker, CancellationToken cancellation) => _session.Work(worker, cancellation);

    /// <summary>Trains on threads of its own.</summary>
    public Task<TrainingResult> RunAsync(CancellationToken cancellation) => _session.RunAsync(cancellation);
}
