using RedisML.Numerics;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Algorithms.Network;

/// <summary>The rows of a leaf, each whole and in single precision, and which of them belong to which batch of a pass.</summary>
/// <remarks>
/// A row is drawn by a hash of seed, pass and row number, so that whoever holds a leaf knows, without asking the others; batches
/// therefore differ a little in size.
/// </remarks>
internal sealed class LeafRows
{
    readonly float[] _numbers;
    readonly int[] _levels;
    readonly int _numberCount;
    readonly int _categoryCount;
    readonly int[] _order;
    readonly int[] _starts;

    /// <param name="meanWeight">The mean weight of a row of the whole dataset, which becomes 1.</param>
    public LeafRows(TrainingData data, int leaf, NetworkShape shape, OutputLoss loss, double meanWeight, int batches)
    {
        Ids = [.. data.Rows(new Branch(leaf, 1)).SelectMany(run =>
            Enumerable.Range(run.FirstRow, run.EndRow - run.FirstRow).Select(row => (ulong)(run.Chunk.FirstRow + row)))];
        (_numberCount, _categoryCount) = (shape.Numbers, shape.Embeddings.Length);
        _numbers = new float[Ids.Length * _numberCount];
        _levels = new int[Ids.Length * _categoryCount];
        (Targets, Weights) = (new float[Ids.Length], new float[Ids.Length]);
        int first = 0;
        for (int block = data.Map.LeafStart(leaf); block < data.Map.LeafStart(leaf + 1); block++)
        {
            var encoded = data.Block(block);
            var targets = data.Targets(block);
            for (int i = 0; i < _numberCount; i++)
            {
                var values = encoded.Number(i);
                for (int row = 0; row < values.Length; row++) _numbers[(first + row) * _numberCount + i] = (float)values[row];
            }
            for (int i = 0; i < _categoryCount; i++)
            {
                var positions = encoded.Category(i);
                for (int row = 0; row < positions.Length; row++)
                    _levels[(first + row) * _categoryCount + i] = positions[row] < 0 ? -1 : positions[row] - shape.Embeddings[i].Offset;
            }
            for (int row = 0; row < encoded.Rows; row++)
            {
                Targets[first + row] = loss.Target(targets.Labels[row]);
                Weights[first + row] = targets.Weights.IsEmpty ? 1 : (float)(targets.Weights[row] / meanWeight);
            }
            first += encoded.Rows;
        }
        (_order, _starts) = (new int[Ids.Length], new int[batches + 1]);
    }

    /// <summary>A number a row: which one it is of the dataset.</summary>
    public ulong[] Ids { get; }

    public float[] Targets { get; }

    public float[] Weights { get; }

    public ReadOnlySpan<float> Numbers(int row) => _numbers.AsSpan(row * _numberCount, _numberCount);

    /// <summary>The index of the level of each category; −1 for one that is no level.</summary>
    public ReadOnlySpan<int> Levels(int row) => _levels.AsSpan(row * _categoryCount, _categoryCount);

    /// <summary>The rows of a batch, ascending.</summary>
    public ReadOnlySpan<int> Batch(int batch) => _order.AsSpan(_starts[batch].._starts[batch + 1]);

    /// <param name="key">Of seed and pass.</param>
    public void Draw(ulong key)
    {
        int batches = _starts.Length - 1;
        _starts.AsSpan().Clear();
        foreach (ulong id in Ids) _starts[BatchOf(id) + 1]++;
        for (int batch = 0; batch < batches; batch++) _starts[batch + 1] += _starts[batch];
        for (int row = 0; row < Ids.Length; row++) _order[_starts[BatchOf(Ids[row])]++] = row;
        _starts.AsSpan(0, batches).CopyTo(_starts.AsSpan(1)); // each start has moved on to the next
        _starts[0] = 0;

        int BatchOf(ulong id) => (int)((SplitMix64.Mix(key + id) >> 32) * (ulong)batches >> 32);
    }
}
