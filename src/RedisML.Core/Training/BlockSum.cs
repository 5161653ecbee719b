using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>Something that is added up over the blocks of the training data, such as a gradient.</summary>
internal interface IBlockTerm
{
    /// <summary>How many numbers are added up.</summary>
    int Length { get; }

    /// <summary>How many numbers of scratch a row of a block needs.</summary>
    int ScratchPerRow { get; }

    /// <summary>Adds a block's part to <paramref name="sum"/>.</summary>
    void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch);
}

/// <summary>Adds a term up over all blocks, by a team.</summary>
/// <remarks>
/// The order of additions is fixed, so that the sum is the same to the bit whatever the number of workers: blocks fall into
/// contiguous leaves, a leaf adds up its blocks in order, and the leaves are added up pairwise, as a tree. How many leaves there
/// are depends on the data and the length of the sum alone; long sums have fewer, to bound their memory.
/// </remarks>
internal sealed class BlockSum
{
    const int MaxLeaves = 64;
    const int MaxLeafNumbers = 1 << 25; // 256 MB
    const int SliceLength = 1 << 14;

    readonly TrainingData _data;
    readonly IBlockTerm _term;
    readonly WorkerTeam _team;
    readonly double[][] _leaves;
    readonly double[]?[] _scratch;
    readonly Action<int, int> _addLeaf;
    readonly Action<int, int> _addSlice;
    ReadOnlyMemory<double> _parameters;

    public BlockSum(TrainingData data, IBlockTerm term, WorkerTeam team, int workerCount)
    {
        (_data, _term, _team) = (data, term, team);
        int leaves = Math.Min(Math.Min(MaxLeaves, data.BlockCount), Math.Max(1, MaxLeafNumbers / term.Length));
        _leaves = new double[leaves][];
        _scratch = new double[workerCount][];
        _addLeaf = AddLeaf;
        _addSlice = AddSlice;
    }

    /// <summary>The sum at the given parameters; overwritten by the next call.</summary>
    public ReadOnlySpan<double> At(ReadOnlyMemory<double> parameters)
    {
        _parameters = parameters;
        _team.For(_leaves.Length, _addLeaf);
        int slices = (_term.Length + SliceLength - 1) / SliceLength;
        if (slices == 1) AddSlice(0, 0);
        else _team.For(slices, _addSlice);
        return _leaves[0];
    }

    void AddLeaf(int worker, int leaf)
    {
        var sum = _leaves[leaf] ??= new double[_term.Length];
        var scratch = _scratch[worker] ??= new double[_term.ScratchPerRow * _data.MaxBlockRows];
        sum.AsSpan().Clear();
        int first = First(leaf), end = First(leaf + 1);
        for (int block = first; block < end && !_team.Stopping.IsCancellationRequested; block++)
            _term.Add(_data.Block(block), _data.Targets(block), _parameters.Span, sum, scratch);
    }

    int First(int leaf) => (int)((long)_data.BlockCount * leaf / _leaves.Length);

    void AddSlice(int worker, int slice)
    {
        int start = slice * SliceLength, length = Math.Min(SliceLength, _term.Length - start);
        for (int stride = 1; stride < _leaves.Length; stride *= 2)
        {
            for (int leaf = 0; leaf + stride < _leaves.Length; leaf += 2 * stride)
                Lanes.AddScaled(_leaves[leaf].AsSpan(start, length), 1, _leaves[leaf + stride].AsSpan(start, length));
        }
    }
}
