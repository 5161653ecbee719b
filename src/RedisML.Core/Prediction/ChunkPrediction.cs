using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;

namespace RedisML.Prediction;

/// <summary>Predicts chunks that follow each other, several at once, and writes them; told of in their order.</summary>
/// <remarks>Memory is that of a few chunks, whatever the rows.</remarks>
sealed class ChunkPrediction(RedisMLConnection connection, PredictionPlan plan, DatasetWriter writer, int workerCount)
{
    /// <param name="firstRow">Where the first of the chunks begins.</param>
    /// <param name="rows">The rows of them all.</param>
    /// <param name="firstChunk">The number of the first.</param>
    /// <param name="counts">Is told of what training didn't see.</param>
    /// <param name="commit">Told of each chunk that is written, in order.</param>
    public async Task RunAsync(long firstRow, long rows, int firstChunk, PredictionCounts counts,
        Action<ChunkEntry, IReadOnlyList<ColumnStatistics>> commit, CancellationToken cancellation)
    {
        // As many as are worked on, and one to be written behind each.
        int most = 2 * workerCount, index = firstChunk;
        using var workers = new SemaphoreSlim(workerCount);
        var underWay = new Queue<Task<(ChunkEntry Entry, IReadOnlyList<ColumnStatistics> Statistics)>>();
        try
        {
            await foreach (var chunk in new DatasetReader(connection).ReadAsync(plan.Source, firstRow, rows, cancellation)
                .ConfigureAwait(false))
            {
                if (underWay.Count == most) await CommitNextAsync().ConfigureAwait(false);
                int at = index++;
                underWay.Enqueue(Task.Run(() => StoreAsync(chunk, at), CancellationToken.None));
            }
            while (underWay.Count > 0) await CommitNextAsync().ConfigureAwait(false);
        }
        finally
        {
            // What is still under way must have ended before anybody deletes what was written.
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<(ChunkEntry, IReadOnlyList<ColumnStatistics>)> StoreAsync(DatasetChunk chunk, int at)
        {
            using (chunk)
            {
                await workers.WaitAsync(cancellation).ConfigureAwait(false);
                var encoded = Encode(chunk);
                return (await writer.WriteAsync(at, encoded, cancellation).ConfigureAwait(false), encoded.Statistics);
            }
        }

        EncodedChunk Encode(DatasetChunk chunk)
        {
            try { return plan.Chunks.Encode(chunk, counts); }
            finally { workers.Release(); }
        }

        async Task CommitNextAsync()
        {
            // One that fails stays at the head of the queue: nothing behind it may be committed.
            var (entry, statistics) = await underWay.Peek().ConfigureAwait(false);
            _ = underWay.Dequeue();
            commit(entry, statistics);
        }
    }
}
