using RedisML.Features;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Unit.Training;

public sealed class BlockSumTests
{
    const int Leaves = 64;

    /// <summary>Long sums are added up by larger branches, a worker each: that bounds memory, and changes no bit.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(Leaves)]
    public void Branches_of_any_size_give_the_bits_of_single_leaves(int branchSize)
    {
        var data = Data();
        var term = new LabelTerm();
        Assert.Equal(Leaves, data.Map.Leaves);
        Assert.Equal(Sum(data, term, Leaves * term.Length), Sum(data, term, Leaves / branchSize * term.Length));
    }

    static long[] Sum(TrainingData data, LabelTerm term, int maxKept)
    {
        long[] bits = [];
        var team = new WorkerTeam();
        team.Lead(() =>
        {
            var sum = new BlockSum(data, term, team, 1, new LocalExchange(), maxKept);
            sum.At(default);
            // Once more: what was summed up before isn't in it.
            bits = [.. sum.At(default).ToArray().Select(BitConverter.DoubleToInt64Bits)];
        }, TestContext.Current.CancellationToken);
        return bits;
    }

    /// <summary>A block a leaf and some more, whose labels make sums that depend on the order of additions.</summary>
    static TrainingData Data()
    {
        const int rows = 200_000;
        var layout = new EncodedLayout([new NumericFeature("x", 0, 1)]);
        var map = new BlockMap([rows], numberCount: 1);
        var chunk = new TrainingChunk(0, rows, map.BlockCount, 1, 0);
        var random = new Random(7);
        foreach (ref double label in chunk.Labels.AsSpan()) label = random.NextDouble() - 0.3;
        var data = new TrainingData(layout, map);
        data.Hold(0, [chunk]);
        return data;
    }

    sealed class LabelTerm : IBlockTerm
    {
        public int Length => 2;

        public int ScratchPerRow => 0;

        public void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
        {
            foreach (double label in targets.Labels)
            {
                sum[0] += label;
                sum[1] += label * label;
            }
        }
    }
}
