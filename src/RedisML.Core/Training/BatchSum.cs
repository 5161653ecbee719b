using RedisML.Runs;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>Adds a term up over the rows of a batch, by a team and with the other nodes.</summary>
/// <remarks>
/// The order of additions depends on the rows and the node's share, and not on the workers: the rows of the batch that lie in a
/// branch of the share are cut into parts, which are added up pairwise.
/// </remarks>
internal sealed class BatchSum(
    TrainingData data, IBlockTerm term, int batches, int partRows, int seed, WorkerTeam team, int workerCount, IExchange exchange)
{
    readonly GatheredRows?[] _gathered = new GatheredRows[workerCount];
    BatchBranch[] _branches = [];
    (Share Share, int Version, int Epoch) _drawn = (default, -1, -1);
    ReadOnlyMemory<double> _parameters;
    int _epoch;
    int _batch;

    /// <summary>The sum over a batch at the given parameters; overwritten by the next call.</summary>
    public ReadOnlySpan<double> At(int epoch, int batch, ReadOnlyMemory<double> parameters)
    {
        (_epoch, _batch, _parameters) = (epoch, batch, parameters);
        return exchange.Sum(term.Length, Add).Span;
    }

    /// <summary>The sums of the share's branches.</summary>
    IReadOnlyList<Memory<double>> Add(Share share)
    {
        Draw(share);
        var parts = _branches.SelectMany(branch => branch.Cut(_batch)).ToList();
        if (parts.Count == 1) AddPart(0, 0);
        else team.For(parts.Count, AddPart);
        team.ThrowIfStopping();
        return [.. _branches.Select(branch => branch.Combine())];

        void AddPart(int worker, int index)
        {
            bool isFinite = parts[index].Branch.Add(
                _batch, parts[index].Part, term, _parameters.Span,
                _gathered[worker] ??= new(data.Layout, Math.Max(data.MaxBlockRows, 2 * partRows), term.ScratchPerRow));
            if (!isFinite) team.NotFiniteWorker = worker;
        }
    }

    void Draw(Share share)
    {
        if (_drawn == (share, data.Version, _epoch)) return;
        if ((_drawn.Share, _drawn.Version) != (share, data.Version))
        {
            int leaves = data.Map.Leaves;
            _branches = [.. LeafTree.Branches(new(share.First, Math.Min(share.End, leaves)), leaves)
                .Select(branch => new BatchBranch(data.Rows(branch), batches, partRows, seed, term.Length))];
        }
        var orders = _branches.SelectMany(branch => branch.Orders).ToList();
        team.For(orders.Count, (_, index) => orders[index].Draw(_epoch));
        _drawn = (share, data.Version, _epoch);
    }
}
