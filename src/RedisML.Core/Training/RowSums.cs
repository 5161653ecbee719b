using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training.Optimization;

namespace RedisML.Training;

/// <summary>The sums that an optimizer's steps need: gradient, loss and weight of the rows that it selects.</summary>
/// <param name="batches">How many batches a pass over the rows has; 0 for optimizers that take all at once.</param>
/// <param name="partRows">How many rows of a batch a worker takes at once.</param>
internal sealed class RowSums(
    Objective objective, TrainingData training, TrainingData? validation, int batches, int partRows, int seed, WorkerTeam team,
    int workerCount,
    IExchange exchange)
{
    readonly BlockSum _all = new(training, objective, team, workerCount, exchange);
    readonly BatchSum? _batch = batches > 0 ? new(training, objective, batches, partRows, seed, team, workerCount, exchange) : null;
    readonly BlockSum? _validation = validation is null ? null : new(validation, objective, team, workerCount, new LocalExchange());

    /// <summary>The sum at the given parameters; overwritten by the next call.</summary>
    public ReadOnlySpan<double> At(RowSelection rows, ReadOnlyMemory<double> parameters) => rows.Set switch
    {
        RowSet.Batch => _batch!.At(rows.Epoch, rows.Batch, parameters),
        RowSet.Validation => _validation!.At(parameters),
        _ => _all.At(parameters),
    };
}
