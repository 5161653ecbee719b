using RedisML.Numerics;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Algorithms.Network;

/// <summary>The rows of a leaf, each whole and in single precision, and which of them belong to which batch of a pass.</summary>
/// <remarks>
/// A row is drawn by a hash of seed, pass and row number, so that whoever holds a leaf knows, without asking the others; batches
/// therefore differ a little in size.
/// </remarks>
/// <param name="ids">A number a row: which one it is of the dataset.</param>
/// <param name="batches">How many batches a pass over the rows has.</param>
internal sealed class LeafRows(NetworkShape shape, ulong[] ids, int batches)
{
    readonly float[] _numbers = new float[ids.Length * shape.Numbers];
    readonly int[] _levels = new int[ids.Length * shape.Embeddings.Length];
    readonly int[] _order = new int[ids.Length];
    readonly int[] _starts = new int[batches + 1];

    public ReadOnlySpan<ulong> Ids => ids;

    public float[] Targets { get; } = new float[ids.Length];

    /// <summary>1 on average over the whole dataset.</summary>
    public float[] Weights { get; } = new float[ids.Length];

    /// <summary>Takes the rows of a leaf.</summary>
    /// <param name="meanWeight">The mean weight of a row of the whole dataset.</param>
    public static LeafRows Of(TrainingData data, int leaf, NetworkShape shape, OutputLoss loss, double meanWeight, int batches)
    {
        var rows = new LeafRows(shape, [.. data.Rows(new Branch(leaf, 1)).SelectMany(run =>
            Enumerable.Range(run.FirstRow, run.EndRow - run.FirstRow).Select(row => (ulong)(run.Chunk.FirstRow + row)))], batches);
        int first = 0;
        for (int block = data.Map.LeafStart(leaf); block < data.Map.LeafStart(leaf + 1); block++)
        {
            var encoded = data.Block(block);
            var targets = data.Targets(block);
            for (int i = 0; i < shape.Numbers; i++)
            {
                var values = encoded.Number(i);
                for (int row = 0; row < values.Length; row++) rows.Numbers(first + row)[i] = (float)values[row];
            }
            for (int i = 0; i < shape.Embeddings.Length; i++)
            {
                var positions = encoded.Category(i);
                for (int row = 0; row < positions.Length; row++)
                    rows.Levels(first + row)[i] = positions[row] < 0 ? -1 : positions[row] - shape.Embeddings[i].Offset;
            }
            for (int row = 0; row < encoded.Rows; row++)
            {
                rows.Targets[first + row] = loss.Target(targets.Labels[row]);
                rows.Weights[first + row] = targets.Weights.IsEmpty ? 1 : (float)(targets.Weights[row] / meanWeight);
            }
            first += encoded.Rows;
        }
        return rows;
    }

    public Span<float> Numbers(int row) => _numbers.AsSpan(row * shape.Numbers, shape.Numbers);

    /// <summary>The index of the level of each category; −1 for one that is no level.</summary>
    public Span<int> Levels(int row) => _levels.AsSpan(row * shape.Embeddings.Length, shape.Embeddings.Length);

    /// <summary>The rows of a batch, ascending.</summary>
    public ReadOnlySpan<int> Batch(int batch) => _order.AsSpan(_starts[batch].._starts[batch + 1]);

    /// <param name="key">Of seed and pass.</param>
    public void Draw(ulong key)
    {
        _starts.AsSpan().Clear();
        foreach (ulong id in ids) _starts[BatchOf(id) + 1]++;
        for (int batch = 0; batch < batches; batch++) _starts[batch + 1] += _starts[batch];
        for (int row = 0; row < ids.Length; row++) _order[_starts[BatchOf(ids[row])]++] = row;
        _starts.AsSpan(0, batches).CopyTo(_starts.AsSpan(1)); // each start has moved on to the next
        _starts[0] = 0;

        int BatchOf(ulong id) => (int)((SplitMix64.Mix(key + id) >> 32) * (ulong)batches >> 32);
    }
}
