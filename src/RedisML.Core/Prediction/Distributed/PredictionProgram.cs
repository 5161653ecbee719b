using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Runs;
using RedisML.Runs.Exchange;

namespace RedisML.Prediction.Distributed;

/// <summary>Predicts round by round: the chunks of a round are shared out, and all nodes know what was written before the
/// next begins.</summary>
/// <remarks>A chunk that is predicted twice, because a node was lost, comes out the same and goes to the same key.</remarks>
sealed class PredictionProgram(
    RedisMLConnection connection, PredictionPlan plan, DatasetWriter writer, int[] chunkRows, int roundChunks, WorkerTeam team,
    int workerCount, IProgress<RunProgress> progress) : IRunProgram<PredictionState>
{
    /// <summary>Into so many parts a round is cut: more nodes than this have no work.</summary>
    const int Parts = 64;

    public int Leaves => Parts;

    public void Prepare(Share share)
    {
    }

    public PredictionState Run(IExchange exchange)
    {
        var state = new PredictionState(plan.Chunks.Schema.Count);
        exchange.Commit(state);
        long started = Environment.TickCount64, before = state.Rows;
        while (state.Chunks < chunkRows.Length)
        {
            state.Add(exchange.Gather(share => Predict(state.Chunks, share)));
            exchange.Commit(state);
            double seconds = Math.Max(1e-3, (Environment.TickCount64 - started) / 1e3);
            progress.Report(new(0, 0, state.Rows, (state.Rows - before) / seconds));
        }
        return state;
    }

    /// <summary>Predicts this node's share of the round that begins with a chunk.</summary>
    byte[] Predict(int first, Share share)
    {
        int round = Math.Min(roundChunks, chunkRows.Length - first);
        int from = first + (int)((long)round * share.First / Parts), to = first + (int)((long)round * share.End / Parts);
        var counts = new PredictionCounts();
        var (chunks, statistics) = (new List<ChunkEntry>(), new List<IReadOnlyList<ColumnStatistics>>());
        if (to > from) team.Wait(Task.Run(PredictAsync));
        return new PredictionPart(chunks, statistics, counts.Unseen.Count, counts.Unseen.Levels).ToBytes();

        async Task PredictAsync()
        {
            // A sign of life: what nobody works on is removed after a day.
            await writer.Journal.ExtendAsync(chunkRows.Length, team.Stopping).ConfigureAwait(false);
            long firstRow = chunkRows.Take(from).Sum(rows => (long)rows), rows = chunkRows[from..to].Sum(rows => (long)rows);
            await new ChunkPrediction(connection, plan, writer, workerCount).RunAsync(firstRow, rows, from, counts, (entry, columns) =>
            {
                chunks.Add(entry);
                statistics.Add(columns);
            }, team.Stopping).ConfigureAwait(false);
        }
    }
}
