using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Unit.Training;

public sealed class LeafTreeTests
{
    [Fact]
    public void A_sum_has_the_same_bits_for_any_number_of_nodes()
    {
        var random = new Random(5);
        foreach (int leaves in Enumerable.Range(1, 64))
        {
            var values = Enumerable.Range(0, leaves).Select(_ => random.NextDouble() - 0.3).ToArray();
            long[] sums = [.. Enumerable.Range(1, 9).Select(nodes => Sum(values, nodes)).Select(BitConverter.DoubleToInt64Bits)];
            Assert.Single(sums.Distinct());
        }
    }

    [Fact]
    public void Shares_hold_all_leaves_once_and_are_of_nearly_equal_size()
    {
        for (int nodes = 1; nodes <= 20; nodes++)
        {
            var shares = Enumerable.Range(0, nodes).Select(rank => Share.Of(64, rank, nodes)).ToList();
            Assert.Equal(Enumerable.Range(0, 64), shares.SelectMany(s => Enumerable.Range(s.First, s.Count)));
            Assert.InRange(shares.Max(s => s.Count), 64 / nodes, 64 / nodes + Math.Max(1, 64 / nodes / 4 + 1));
        }
    }

    [Fact]
    public void The_blocks_of_a_share_lie_in_its_chunks()
    {
        int[] rows = [3000, 1, 9000, 2500, 2500, 700, 40_000];
        var map = new BlockMap(rows, numberCount: 3);
        for (int nodes = 1; nodes < 8; nodes++)
        {
            for (int rank = 0; rank < nodes; rank++)
            {
                var share = Share.Of(map.Leaves, rank, nodes);
                if (share.Count == 0) continue;
                var (first, count) = map.Chunks(share).GetOffsetAndLength(int.MaxValue);
                Assert.InRange(map.LeafStart(share.First), map.FirstBlock(first), map.FirstBlock(first + 1) - 1);
                Assert.InRange(map.LeafStart(share.End) - 1, map.FirstBlock(first + count - 1), map.FirstBlock(first + count) - 1);
            }
        }
        Assert.All(Enumerable.Range(0, rows.Length), chunk =>
            Assert.InRange(map.FirstBlock(chunk), map.LeafStart(map.LeafOf(chunk)), map.LeafStart(map.LeafOf(chunk) + 1) - 1));
    }

    static double Sum(double[] values, int nodes)
    {
        var branches = Enumerable.Range(0, nodes).SelectMany(rank => LeafTree.Branches(Share.Of(values.Length, rank, nodes), values.Length))
            .ToList();
        var sum = new double[1];
        LeafTree.Combine(branches, values.Length, index => new[] { Tree(branches[index].First, branches[index].Size) }, sum);
        return sum[0];

        double Tree(int first, int size) => size == 1 ? values[first]
            : first + size / 2 < values.Length ? Tree(first, size / 2) + Tree(first + size / 2, size / 2) : Tree(first, size / 2);
    }
}
