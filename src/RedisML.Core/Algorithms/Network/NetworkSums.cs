using RedisML.Numerics;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Algorithms.Network;

/// <summary>The sums that an optimizer's steps need: of a batch the gradient, the loss and the weight; of other rows loss and
/// weight.</summary>
internal sealed class NetworkSums
{
    const int PassRows = 256;

    /// <summary>Fewer products aren't worth to wake a helper for.</summary>
    const double LeastProducts = 100_000;

    readonly TrainingContext _context;
    readonly TabularData _data;
    readonly NetworkWeights _weights;
    readonly OutputLoss _loss;
    readonly int _batches;
    readonly ulong _seed;
    readonly int _length;
    readonly float _limit;
    readonly TrainingPass?[] _passes;
    readonly double[]?[] _sums;
    readonly List<BatchUnit> _units = [];
    readonly BlockSum _all;
    readonly BlockSum? _validation;
    readonly Action<int, int> _addGroup;
    readonly Func<Share, IReadOnlyList<Memory<double>>> _add;
    LeafRows[] _leaves = [];
    Memory<double>[] _branches = [];
    (Share Share, int Version) _held = (default, -1);
    int _drawn = -1;
    RowSelection _rows;
    int _groups;

    /// <param name="batches">How many batches a pass over the rows has.</param>
    public NetworkSums(TrainingContext context, TabularData data, NetworkShape shape, OutputLoss loss, int batches)
    {
        (_context, _data, _loss, _batches) = (context, data, loss, batches);
        _weights = new(shape, forTraining: true);
        _seed = SplitMix64.Mix((ulong)(context.Specification.Seed ?? 0));
        _length = shape.ParameterCount + 2;
        // Batches differ in size: none is twice as large as usual.
        _limit = ExactSum.Limit(data.Training.Map.Leaves + 2 * data.Rows / batches / TrainingPass.UnitRows);
        (_passes, _sums) = (new TrainingPass[context.WorkerCount], new double[context.WorkerCount][]);
        var term = new LossTerm(_weights, loss);
        _all = new(data.Training, term, context.Team, context.WorkerCount, data.Exchange);
        if (data.Validation is { } rows) _validation = new(rows, term, context.Team, context.WorkerCount, new LocalExchange());
        (_addGroup, _add) = (AddGroup, Add);
    }

    /// <summary>The sum at the given parameters: loss and weight come last; overwritten by the next call.</summary>
    public ReadOnlySpan<double> At(RowSelection rows, ReadOnlyMemory<double> parameters)
    {
        _rows = rows;
        _weights.Load(parameters.Span);
        return rows.Set switch
        {
            RowSet.Batch => _data.Exchange.Sum(_length, _add).Span,
            RowSet.Validation => _validation!.At(default),
            _ => _all.At(default),
        };
    }

    /// <summary>The share's part of a batch. It is all in the first branch: the sum is exact, wherever its parts are.</summary>
    IReadOnlyList<Memory<double>> Add(Share share)
    {
        share = new(share.First, Math.Min(share.End, _data.Training.Map.Leaves));
        if (_held != (share, _data.Training.Version) || _drawn != _rows.Epoch) Hold(share);
        if (_branches.Length == 0) return [];
        Cut();
        if (_groups == 1) AddGroup(0, 0);
        else _context.Team.For(_groups, _addGroup);
        _context.ThrowIfStopping();
        for (int group = 1; group < _groups; group++) Lanes.AddScaled(_sums[0], 1, _sums[group]);
        // The others are added to by whoever was given them.
        for (int branch = 1; branch < _branches.Length; branch++) _branches[branch].Span.Clear();
        return _branches;
    }

    /// <summary>Takes the share's rows, and draws the batches of a pass.</summary>
    void Hold(Share share)
    {
        if (_held != (share, _data.Training.Version))
        {
            double meanWeight = _data.Fit.Weight / _data.Fit.Rows;
            _leaves = new LeafRows[share.Count];
            _context.Team.For(_leaves.Length, (_, index) =>
                _leaves[index] = LeafRows.Of(_data.Training, share.First + index, _weights.Shape, _loss, meanWeight, _batches));
            _branches = [.. LeafTree.Branches(share, _data.Training.Map.Leaves)
                .Select((_, branch) => branch == 0 ? _sums[0] ??= new double[_length] : new double[_length])];
            (_held, _drawn) = ((share, _data.Training.Version), -1);
        }
        ulong key = SplitMix64.Mix(_seed + (ulong)_rows.Epoch);
        _context.Team.For(_leaves.Length, (_, index) => _leaves[index].Draw(key));
        _drawn = _rows.Epoch;
    }

    /// <summary>Cuts the rows of the batch into units, and these into groups, each for a worker.</summary>
    void Cut()
    {
        _units.Clear();
        int rows = 0;
        for (int leaf = 0; leaf < _leaves.Length; leaf++)
        {
            int count = _leaves[leaf].Batch(_rows.Batch).Length;
            for (int start = 0; start < count; start += TrainingPass.UnitRows)
                _units.Add(new(leaf, start, Math.Min(TrainingPass.UnitRows, count - start)));
            rows += count;
        }
        int most = Math.Min(_context.WorkerCount, Math.Max(1, _units.Count));
        _groups = (int)Math.Clamp(rows * (double)_length / LeastProducts, 1, most);
    }

    void AddGroup(int worker, int group)
    {
        var sum = _sums[group] ??= new double[_length];
        sum.AsSpan().Clear();
        var pass = _passes[worker] ??= new(_weights, _loss, PassRows);
        ulong key = SplitMix64.Mix(_seed ^ SplitMix64.Mix((ulong)_rows.Epoch));
        int end = (int)((long)_units.Count * (group + 1) / _groups);
        for (int i = (int)((long)_units.Count * group / _groups); i < end; i++)
        {
            var (leaf, start, length) = _units[i];
            pass.Add(_leaves[leaf], _leaves[leaf].Batch(_rows.Batch).Slice(start, length));
            if (!pass.HasRoom) pass.AddGradient(sum, _limit, key);
        }
        if (!pass.IsEmpty) pass.AddGradient(sum, _limit, key);
        if (!double.IsFinite(sum[^2])) _context.Team.NotFiniteWorker = worker;
    }

    readonly record struct BatchUnit(int Leaf, int Start, int Length);
}
