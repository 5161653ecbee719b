using RedisML.Features;
using RedisML.Numerics;
using RedisML.Runs;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>Something that is added up over the blocks of the training data, such as a gradient.</summary>
public interface IBlockTerm
{
    /// <summary>How many numbers are added up.</summary>
    int Length { get; }

    /// <summary>How many numbers of scratch a row of a block needs.</summary>
    int ScratchPerRow { get; }

    /// <summary>Adds a block's part to <paramref name="sum"/>.</summary>
    void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch);

    /// <summary>Whether a sum is as it should be: where it isn't, an error names the worker that made it.</summary>
    bool IsFinite(ReadOnlySpan<double> sum) => true;
}

/// <summary>Adds a term up over all blocks, by a team and with the other nodes.</summary>
/// <remarks>
/// The order of additions is fixed, so that the sum is the same to the bit whatever the number of workers and nodes: blocks fall into
/// contiguous leaves, a leaf adds up its blocks in order, and the leaves are added up as a <see cref="LeafTree"/>. Branches that a worker
/// adds up alone are single leaves, and larger where sums are long, to bound their memory.
/// </remarks>
internal sealed class BlockSum
{
    const int MaxKeptNumbers = 1 << 25; // 256 MB
    const int SliceLength = 1 << 14;

    readonly TrainingData _data;
    readonly IBlockTerm _term;
    readonly WorkerTeam _team;
    readonly IExchange _exchange;
    readonly int _leaves;
    readonly int _branchSize;
    readonly double[]?[] _sums;
    readonly List<double[]>[] _temporaries;
    readonly double[]?[] _scratch;
    ReadOnlyMemory<double> _parameters;

    /// <param name="maxKept">How many numbers the branches' sums may take together.</param>
    public BlockSum(
        TrainingData data, IBlockTerm term, WorkerTeam team, int workerCount, IExchange exchange, int maxKept = MaxKeptNumbers)
    {
        (_data, _term, _team, _exchange) = (data, term, team, exchange);
        _leaves = data.Map.Leaves;
        int kept = Math.Max(1, maxKept / term.Length);
        for (_branchSize = 1; _leaves / _branchSize > kept; _branchSize *= 2) { }
        _sums = new double[_leaves][];
        _temporaries = [.. Enumerable.Range(0, workerCount).Select(_ => new List<double[]>())];
        _scratch = new double[workerCount][];
    }

    /// <summary>The sum at the given parameters; overwritten by the next call.</summary>
    public ReadOnlySpan<double> At(ReadOnlyMemory<double> parameters)
    {
        _parameters = parameters;
        return _exchange.Sum(_term.Length, Add).Span;
    }

    /// <summary>The sums of the share's branches.</summary>
    List<Memory<double>> Add(Share share)
    {
        var branches = LeafTree.Branches(new(share.First, Math.Min(share.End, _leaves)), _leaves);
        List<Branch> parts = [.. branches.SelectMany(Parts)];
        _team.For(parts.Count, (worker, index) =>
        {
            var sum = Sum(parts[index].First);
            AddBranch(worker, parts[index], sum, 0);
            if (!_term.IsFinite(sum)) _team.NotFiniteWorker = worker;
        });
        int slices = (_term.Length + SliceLength - 1) / SliceLength;
        if (slices == 1) AddSlice(branches, 0);
        else _team.For(slices, (_, slice) => AddSlice(branches, slice));
        return [.. branches.Select(branch => Sum(branch.First).AsMemory())];
    }

    double[] Sum(int leaf) => _sums[leaf] ??= new double[_term.Length];

    /// <summary>What workers add up alone.</summary>
    IEnumerable<Branch> Parts(Branch branch)
    {
        int size = Math.Min(_branchSize, branch.Size), end = Math.Min(branch.First + branch.Size, _leaves);
        for (int first = branch.First; first < end; first += size) yield return new(first, size);
    }

    void AddBranch(int worker, Branch branch, double[] sum, int depth)
    {
        if (branch.Size == 1)
        {
            AddLeaf(worker, branch.First, sum);
            return;
        }
        int half = branch.Size / 2;
        AddBranch(worker, new(branch.First, half), sum, depth);
        if (branch.First + half >= _leaves) return;
        if (_temporaries[worker].Count == depth) _temporaries[worker].Add(new double[_term.Length]);
        var other = _temporaries[worker][depth];
        AddBranch(worker, new(branch.First + half, half), other, depth + 1);
        Lanes.AddScaled(sum, 1, other);
    }

    void AddLeaf(int worker, int leaf, double[] sum)
    {
        var scratch = _scratch[worker] ??= new double[_term.ScratchPerRow * _data.MaxBlockRows];
        sum.AsSpan().Clear();
        int end = _data.Map.LeafStart(leaf + 1);
        for (int block = _data.Map.LeafStart(leaf); block < end && !_team.Stopping.IsCancellationRequested; block++)
        {
            var rows = _data.Block(block);
            if (rows.Rows > 0) _term.Add(rows, _data.Targets(block), _parameters.Span, sum, scratch);
        }
    }

    void AddSlice(List<Branch> branches, int slice)
    {
        int start = slice * SliceLength, length = Math.Min(SliceLength, _term.Length - start);
        foreach (var branch in branches)
        {
            int end = Math.Min(branch.First + branch.Size, _leaves);
            for (int stride = _branchSize; stride < branch.Size; stride *= 2)
            {
                for (int leaf = branch.First; leaf + stride < end; leaf += 2 * stride)
                    Lanes.AddScaled(Sum(leaf).AsSpan(start, length), 1, Sum(leaf + stride).AsSpan(start, length));
            }
        }
    }
}
