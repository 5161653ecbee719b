using RedisML.Datasets.Statistics;

namespace RedisML.Unit.Datasets.Statistics;

/// <summary>Bins as a rule makes them: their number goes by the values, their edges are round, and those
/// far away don't squeeze the rest.</summary>
public class BinLayoutTests
{
    /// <summary>2·IQR/∛n of normal numbers is 2.7σ/∛n; the round width nearest to it is at most 1.6 times as wide or narrow.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(5_000)]
    public void Bins_are_as_wide_as_Freedman_and_Diaconis_reckon(int count)
    {
        var values = Normal(count);
        var layout = BinLayout.ByRule(values, count, values[0], values[^1], isWhole: false, isRound: true);
        Assert.InRange(layout.Width / (2.7 / Math.Cbrt(count)), 0.6, 1.65);
        Assert.True(layout.From <= values[0] && layout.From + layout.Count * layout.Width >= values[^1]);
        Assert.Equal((null, null), (layout.LowTail, layout.HighTail));
        double digit = layout.Width / Math.Pow(10, Math.Floor(Math.Log10(layout.Width) + 1e-9));
        Assert.Contains(Math.Round(digit, 9), (double[])[1, 2, 5]);
    }

    [Fact]
    public void Many_values_make_no_more_bins_than_can_be_seen()
    {
        var values = Normal(10_000);
        Assert.InRange(BinLayout.ByRule(values, 1_000_000_000, values[0], values[^1], false, true).Count, 10, BinLayout.Most + 2);
    }

    [Fact]
    public void Outliers_are_in_tails_and_the_rest_keeps_its_bins()
    {
        double[] values = [-1e9, .. Normal(1_000), 1e6];
        var layout = BinLayout.ByRule(values, values.Length, -1e9, 1e6, isWhole: false, isRound: true);
        Assert.Equal((-1e9, 1e6), (layout.LowTail, layout.HighTail));
        Assert.InRange(layout.From, -6, -2);
        Assert.InRange(layout.From + layout.Count * layout.Width, 2, 6);

        var counter = new HistogramCounter(layout);
        foreach (double value in values) counter.Add(value, 1);
        var bins = counter.ToBins(v => v);
        Assert.Equal((1L, 1L, 1_002L), (bins[0].Rows, bins[^1].Rows, bins.Sum(b => b.Rows)));
        Assert.Equal(2, bins.Count(b => b.IsTail));
        Assert.Equal(bins.SkipLast(1).Select(b => b.To), bins.Skip(1).Select(b => b.From));
    }

    [Fact]
    public void Whole_numbers_have_bins_of_whole_width_few_ones_each_its_own()
    {
        Assert.Equal(new BinLayout(1, 1, 6), BinLayout.ByRule([1, 2, 3, 4, 5, 6], 600, 1, 6, isWhole: true, isRound: true));
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        var layout = BinLayout.ByRule(values, 1000, 0, 999, isWhole: true, isRound: true);
        Assert.Equal(new BinLayout(0, 100, 10), layout);
        // A last value that lies on an edge has a bin of its own.
        Assert.Equal(11, BinLayout.ByRule([.. values, 1000], 1001, 0, 1000, isWhole: true, isRound: true).Count);
    }

    [Fact]
    public void Fractions_that_are_nearly_all_whole_have_bins_no_narrower_than_that()
    {
        double[] values = [.. Enumerable.Range(0, 100_000).Select(i => i % 500 == 0 ? 55.5 : 50.0 + i % 20).Order()];
        Assert.Equal(1, BinLayout.ByRule(values, values.Length, 50, 69, isWhole: false, isRound: true).Width);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_value_is_one_bin(bool isWhole)
    {
        var layout = BinLayout.ByRule([7, 7, 7], 3, 7, 7, isWhole, isRound: true);
        var counter = new HistogramCounter(layout);
        counter.Add(7, 3);
        var bin = Assert.Single(counter.ToBins(v => v));
        Assert.Equal((7.0, isWhole ? 8.0 : 7.0, 3L), ((double)bin.From, (double)bin.To, bin.Rows));
    }

    [Fact]
    public void Columns_that_are_mostly_one_value_still_show_the_others()
    {
        double[] values = [.. Enumerable.Repeat(0.0, 800), .. Enumerable.Range(1, 200).Select(i => i / 100.0)];
        Assert.InRange(BinLayout.ByRule(values, 1000, 0, 2, false, true).Count, 5, BinLayout.Most);
    }

    /// <summary>Whatever the numbers: there are bins, few, and each number is counted between their ends.</summary>
    [Fact]
    public void Every_column_has_bins()
    {
        var random = new Random(3);
        for (int i = 0; i < 2_000; i++)
        {
            double size = Math.Pow(10, random.Next(-10, 12)), shift = random.Next(3) * size * Math.Pow(10, random.Next(-2, 5));
            bool isWhole = size > 10 && random.Next(2) == 0;
            double[] values = [.. Enumerable.Range(0, random.Next(1, 40))
                .Select(_ => shift + Math.Pow(random.NextDouble(), random.Next(1, 9)) * size)
                .Select(v => isWhole ? Math.Floor(v) : v).Order()];
            var layout = BinLayout.ByRule(values, values.Length, values[0], values[^1], isWhole, random.Next(2) == 0);
            Assert.InRange(layout.Count, 1, BinLayout.Most + 2);
            var counter = new HistogramCounter(layout);
            foreach (double value in values) counter.Add(value, 1);
            var bins = counter.ToBins(v => v);
            Assert.Equal(values.Length, bins.Sum(b => b.Rows));
            Assert.True((double)bins[0].From <= values[0] + size * 1e-9 && (double)bins[^1].To >= values[^1] - size * 1e-9);
        }
    }

    static double[] Normal(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count)
            .Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))
            .Order()];
    }
}
