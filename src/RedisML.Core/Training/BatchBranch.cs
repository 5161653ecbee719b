using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>The rows of a branch of the share, from which batches are drawn, and the sum over those of a batch.</summary>
internal sealed class BatchBranch(
    IEnumerable<(TrainingChunk Chunk, int FirstRow, int EndRow)> rows, int batches, int partRows, int seed, int length)
{
    const int MaxParts = 64;

    readonly List<double[]> _sums = [];
    int _rows;
    int _parts;

    public BatchOrder[] Orders { get; } = [.. rows.Select(run => new BatchOrder(run.Chunk, run.FirstRow, run.EndRow, batches, seed))];

    /// <summary>Cuts the rows of a batch into parts, each for a worker.</summary>
    public IEnumerable<(BatchBranch Branch, int Part)> Cut(int batch)
    {
        _rows = 0;
        foreach (var order in Orders) _rows += order.Rows(batch).Length;
        _parts = Math.Clamp(_rows / partRows, 1, MaxParts);
        while (_sums.Count < _parts) _sums.Add(new double[length]);
        return Enumerable.Range(0, _parts).Select(part => (this, part));
    }

    /// <summary>Adds up a part: some rows that follow each other in the batch.</summary>
    /// <returns>Whether the sum is finite.</returns>
    public bool Add(int batch, int part, IBlockTerm term, ReadOnlySpan<double> parameters, GatheredRows gathered)
    {
        var sum = _sums[part];
        sum.AsSpan().Clear();
        int start = (int)((long)_rows * part / _parts), end = (int)((long)_rows * (part + 1) / _parts);
        while (start < end)
        {
            int size = Math.Min(gathered.MaxRows, end - start);
            Gather(batch, start, size, gathered);
            term.Add(gathered.Block, gathered.Targets, parameters, sum, gathered.Scratch);
            start += size;
        }
        return term.IsFinite(sum);
    }

    /// <summary>Adds up the parts, pairwise.</summary>
    public Memory<double> Combine()
    {
        for (int stride = 1; stride < _parts; stride *= 2)
        {
            for (int part = 0; part + stride < _parts; part += 2 * stride) Lanes.AddScaled(_sums[part], 1, _sums[part + stride]);
        }
        return _sums[0];
    }

    void Gather(int batch, int start, int size, GatheredRows gathered)
    {
        gathered.Clear(size);
        int first = 0;
        foreach (var order in Orders)
        {
            var rows = order.Rows(batch);
            int from = Math.Max(start - first, 0), to = Math.Min(start + size - first, rows.Length);
            if (from < to) gathered.Add(order.Chunk, rows[from..to]);
            first += rows.Length;
        }
    }
}
