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
        (double, bool)[] rows = [(double.NegativeInfinity, false), (double.PositiveInfinity, true), (-690, false), (40, true)];
        var (area, bound) = Fill(new RocArea(maxExactRows: 0), rows).Compute()!.Value;
        Assert.Equal((1, 0), (area, bound));
    }

    /// <summary>A row of weight 2 is two rows, of weight 0 none; kept or binned.</summary>
    [Theory]
    [InlineData(RocArea.MaxExactRows)]
    [InlineData(100)]
    public void A_row_counts_by_its_weight(int maxExactRows)
    {
        var rows = Rows(600, 40);
        RocArea weighted = new(maxExactRows), repeated = new(maxExactRows);
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % 3 > 0) weighted.Add(rows[i].Score, rows[i].IsPositive, i % 3);
            for (int copy = 0; copy < i % 3; copy++) repeated.Add(rows[i].Score, rows[i].IsPositive, 1);
        }
        Assert.Equal(repeated.Compute()!.Value.Area, weighted.Compute()!.Value.Area, 1e-12);
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
        return [.. Enumerable.Range(0, count)
            .Select(_ => (Math.Log(distinctScores / (double)random.Next(1, distinctScores) - 1), random.Next(3) == 0))];
    }

    static RocArea Fill(RocArea area, IEnumerable<(double Score, bool IsPositive)> rows)
    {
        foreach (var (score, isPositive) in rows) area.Add(score, isPositive, 1);
        return area;
    }

    static double BruteForce((double Score, bool IsPositive)[] rows)
    {
        var pairs = from p in rows where p.IsPositive from n in rows where !n.IsPositive select p.Score.CompareTo(n.Score);
        return pairs.Average(order => (order + 1) / 2.0);
    }
}
