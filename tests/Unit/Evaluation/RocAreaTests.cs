using RedisML.Evaluation;

namespace RedisML.Unit.Evaluation;

public sealed class RocAreaTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(100_000)]
    public void It_is_the_share_of_pairs_in_order_ties_counting_half(int distinctScores)
    {
        var rows = Rows(600, distinctScores);
        var (area, bound) = Fill(new RocArea(), rows).Compute()!.Value;
        Assert.Equal(BruteForce(rows), area, 1e-12);
        Assert.Equal(0, bound);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(100_000)]
    public void Above_the_limit_it_is_binned_within_its_bound(int distinctScores)
    {
        var rows = Rows(600, distinctScores);
        var (area, bound) = Fill(new RocArea(maxExactRows: 100), rows).Compute()!.Value;
        Assert.InRange(bound, 0, distinctScores == 5 ? 0.5 : 1e-3);
        Assert.Equal(BruteForce(rows), area, bound + 1e-12);
    }

    [Fact]
    public void Parts_merge_to_the_whole_exact_or_binned()
    {
        var rows = Rows(600, 1000);
        foreach (int limit in new[] { 1000, 500, 250 })
        {
            var whole = Fill(new RocArea(limit), rows).Compute();
            var merged = rows.Chunk(200).Select(part => Fill(new RocArea(limit), part)).Aggregate((a, b) =>
            {
                a.Merge(b);
                return a;
            });
            Assert.Equal(whole, merged.Compute());
        }
    }

    [Fact]
    public void Certain_scores_have_bins_of_their_own()
    {
        (double, bool)[] rows = [(0, false), (1, true), (1e-300, false), (1 - 1e-16, true)];
        var (area, bound) = Fill(new RocArea(maxExactRows: 0), rows).Compute()!.Value;
        Assert.Equal((1, 0), (area, bound));
    }

    [Fact]
    public void Of_one_class_there_is_none()
    {
        Assert.Null(Fill(new RocArea(), [(0.5, true)]).Compute());
        Assert.Null(Fill(new RocArea(0), [(0.5, false)]).Compute());
    }

    static (double Score, bool IsPositive)[] Rows(int count, int distinctScores)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(1, distinctScores) / (double)distinctScores, random.Next(3) == 0))];
    }

    static RocArea Fill(RocArea area, IEnumerable<(double Score, bool IsPositive)> rows)
    {
        foreach (var (score, isPositive) in rows) area.Add(score, isPositive);
        return area;
    }

    static double BruteForce((double Score, bool IsPositive)[] rows)
    {
        var pairs = from p in rows where p.IsPositive from n in rows where !n.IsPositive select p.Score.CompareTo(n.Score);
        return pairs.Average(order => (order + 1) / 2.0);
    }
}
