using System.Diagnostics;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>Predicts the rows of a dataset into another one: a chunk of it for each, several at once, committed in their order.</summary>
/// <remarks>Memory is that of a few chunks, whatever the rows.</remarks>
public sealed class DatasetPrediction(RedisMLConnection connection)
{
    /// <summary>How many chunks are worked on at once.</summary>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Writes the predictions, with the columns to be kept before them. Run again with the same model, rows and options it changes
    /// nothing.</summary>
    /// <param name="progress">Is told the rows so far.</param>
    /// <exception cref="RedisMLException"><c>DatasetExists</c>, <c>OutputIsInput</c>, <c>ColumnNotFound</c>, <c>ColumnExists</c>,
    /// <c>SignatureMismatch</c>, <c>ThresholdNotBinary</c>, <c>DatasetChanged</c>, those of
    /// <see cref="ModelFamilies.LoadAsync"/>.</exception>
    public async Task<DatasetPredictionResult> RunAsync(
        Model model, Dataset source, string output, PredictionOptions options, bool force, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var counts = new PredictionCounts();
        var plan = await PredictionPlan.CreateAsync(connection, model, source, output, options, cancellation).ConfigureAwait(false);
        if (plan.IsDone) return plan.Result(plan.Current!, counts.Unseen, watch.Elapsed) with { Unchanged = true };
        plan.DemandRoom(force);
        var writer = await DatasetWriter.StartAsync(connection, output, plan.Chunks.Schema, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await new ChunkPrediction(connection, plan, writer, WorkerCount).RunAsync(0, long.MaxValue, 0, counts, (entry, statistics) =>
            {
                writer.Commit(entry, statistics);
                progress?.Report(writer.Rows);
            }, cancellation).ConfigureAwait(false);
            var dataset = await writer.PublishAsync(plan.Current, plan.Label, source.Compression, plan.Fingerprint, cancellation)
                .ConfigureAwait(false);
            return plan.Result(dataset, counts.Unseen, watch.Elapsed);
        }
    }
}
