using System.Collections.Concurrent;
using RedisML.Features;
using RedisML.Training;

namespace RedisML.Algorithms.Network;

/// <summary>The loss of rows, and their weight.</summary>
internal sealed class LossTerm(NetworkWeights weights, OutputLoss loss) : IBlockTerm
{
    const int PassRows = 64;

    readonly ConcurrentBag<NetworkPass> _passes = [];

    public int Length => 2;

    public int ScratchPerRow => 0;

    public void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        if (!_passes.TryTake(out var pass)) pass = new(weights, PassRows);
        for (int first = 0; first < block.Rows; first += PassRows)
        {
            int rows = Math.Min(PassRows, block.Rows - first);
            pass.Fill(block, first, rows);
            pass.Forward(rows);
            for (int row = 0; row < rows; row++)
            {
                double lossOfRow = loss.Differentiate(
                    pass.Scores.Slice(row * pass.ScoreStride, pass.ScoreStride), loss.Target(targets.Labels[first + row]), 1);
                sum[0] += targets.Weights.IsEmpty ? lossOfRow : lossOfRow * targets.Weights[first + row];
            }
        }
        sum[1] += targets.TotalWeight;
        _passes.Add(pass);
    }

    public bool IsFinite(ReadOnlySpan<double> sum) => double.IsFinite(sum[0]);
}
