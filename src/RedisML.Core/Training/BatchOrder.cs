using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>Which rows of a chunk, or of a part of it, belong to which batch of a pass.</summary>
/// <remarks>
/// A row is drawn by a hash of seed, pass and row number, so that whoever holds a chunk knows, without asking the others; batches
/// therefore differ a little in size.
/// </remarks>
internal sealed class BatchOrder(TrainingChunk chunk, int firstRow, int endRow, int batches, int seed)
{
    readonly int[] _rows = new int[endRow - firstRow];
    readonly int[] _starts = new int[batches + 1];

    public TrainingChunk Chunk => chunk;

    /// <summary>The rows of a batch, ascending.</summary>
    public ReadOnlySpan<int> Rows(int batch) => _rows.AsSpan(_starts[batch].._starts[batch + 1]);

    public void Draw(int epoch)
    {
        ulong key = SplitMix64.Mix(((ulong)(uint)seed << 32) + (uint)epoch);
        _starts.AsSpan().Clear();
        for (int row = firstRow; row < endRow; row++) _starts[Batch(key, row) + 1]++;
        for (int batch = 0; batch < batches; batch++) _starts[batch + 1] += _starts[batch];
        for (int row = firstRow; row < endRow; row++) _rows[_starts[Batch(key, row)]++] = row;
        _starts.AsSpan(0, batches).CopyTo(_starts.AsSpan(1)); // each start has moved on to the next
        _starts[0] = 0;
    }

    int Batch(ulong key, int row) => (int)((SplitMix64.Mix(key + (ulong)(chunk.FirstRow + row)) >> 32) * (ulong)batches >> 32);
}
