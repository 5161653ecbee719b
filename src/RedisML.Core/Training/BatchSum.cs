using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>Adds a term up over the rows of a batch, by a team.</summary>
/// <remarks>As with <see cref="BlockSum"/> the order of additions depends on the rows alone, and not on the workers.</remarks>
internal sealed class BatchSum
{
    const int LeafRows = 256;
    const int MaxLeaves = 64;

    readonly EncodedLayout _layout;
    readonly int _maxBlockRows;
    readonly IBlockTerm _term;
    readonly WorkerTeam _team;
    readonly BatchOrder[] _orders;
    readonly List<double[]> _leaves = [];
    readonly GatheredRows?[] _gathered;
    readonly Action<int, int> _addLeaf;
    ReadOnlyMemory<double> _parameters;
    int _epoch = -1;
    int _batch;
    int _rows;
    int _leafCount;

    public BatchSum(TrainingData data, IBlockTerm term, int batches, int seed, WorkerTeam team, int workerCount)
    {
        (_layout, _maxBlockRows, _term, _team) = (data.Layout, data.MaxBlockRows, term, team);
        _orders = [.. data.Chunks.Select(chunk => new BatchOrder(chunk, batches, seed))];
        _gathered = new GatheredRows[workerCount];
        _addLeaf = AddLeaf;
    }

    /// <summary>The sum over a batch at the given parameters; overwritten by the next call.</summary>
    public ReadOnlySpan<double> At(int epoch, int batch, ReadOnlyMemory<double> parameters)
    {
        if (epoch != _epoch) _team.For(_orders.Length, (_, index) => _orders[index].Draw(epoch));
        (_epoch, _batch, _parameters) = (epoch, batch, parameters);
        _rows = 0;
        foreach (var order in _orders) _rows += order.Rows(batch).Length;
        _leafCount = Math.Clamp(_rows / LeafRows, 1, MaxLeaves);
        while (_leaves.Count < _leafCount) _leaves.Add(new double[_term.Length]);
        if (_leafCount == 1) AddLeaf(0, 0);
        else _team.For(_leafCount, _addLeaf);
        _team.ThrowIfStopping();
        for (int stride = 1; stride < _leafCount; stride *= 2)
        {
            for (int leaf = 0; leaf + stride < _leafCount; leaf += 2 * stride) Lanes.AddScaled(_leaves[leaf], 1, _leaves[leaf + stride]);
        }
        return _leaves[0];
    }

    /// <summary>Adds up a leaf, a contiguous part of the batch's rows.</summary>
    void AddLeaf(int worker, int leaf)
    {
        var sum = _leaves[leaf];
        sum.AsSpan().Clear();
        var gathered = _gathered[worker] ??= new(_layout, _maxBlockRows, _term.ScratchPerRow);
        int start = (int)((long)_rows * leaf / _leafCount), end = (int)((long)_rows * (leaf + 1) / _leafCount);
        for (int size = Math.Min(_maxBlockRows, end - start); start < end; start += size)
        {
            size = Math.Min(size, end - start);
            gathered.Clear(size);
            int first = 0;
            foreach (var order in _orders)
            {
                var rows = order.Rows(_batch);
                int from = Math.Max(start - first, 0), to = Math.Min(start + size - first, rows.Length);
                if (from < to) gathered.Add(order.Chunk, rows[from..to]);
                first += rows.Length;
            }
            _term.Add(gathered.Block, gathered.Targets, _parameters.Span, sum, gathered.Scratch);
        }
    }
}
