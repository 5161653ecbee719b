using System.Globalization;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Statistics;

public class DatasetSummaryTests(EmbeddedServerFixture embedded)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_are_summarised_by_type()
    {
        using var folder = new TemporaryFolder();
        await using var connection = await embedded.ConnectAsync();
        var path = folder.Write("a.csv", "n,x,t,b,none\n1,0.5,a,true,\n2,1.5,b,false,\n2,,a,true,\n,2.5,,,\n");
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "a" }, null, Cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("a", null, Cancellation);
        var summary = await new DatasetSummary(connection).RunAsync(dataset, new(), null, Cancellation);
        Assert.Equal(
            [
                new("a", "n", ColumnType.Int64, 3, 1, 5.0 / 3, Math.Sqrt(2.0) / 3, 1.0, 2.0, 2),
                new("a", "x", ColumnType.Float64, 3, 1, 1.5, Math.Sqrt(2.0 / 3), 0.5, 2.5, 3),
                new("a", "t", ColumnType.Utf8, 3, 1, null, null, null, null, 2),
                new("a", "b", ColumnType.Boolean, 3, 1, 2.0 / 3, Math.Sqrt(2.0) / 3, 0.0, 1.0, 2),
                new("a", "none", ColumnType.Utf8, 0, 4, null, null, null, null, 0),
            ],
            summary.Select(s => s with
            {
                Mean = Round(s.Mean),
                StandardDeviation = Round(s.StandardDeviation),
                Quantiles = null,
                Histogram = null,
                Top = null
            }),
            (ColumnSummary a, ColumnSummary b) => a with { Mean = Round(a.Mean), StandardDeviation = Round(a.StandardDeviation) } == b);

        static double? Round(double? value) => value is { } v ? Math.Round(v, 12) : null;
    }

    [Fact]
    public async Task Figures_of_real_columns_are_those_that_counting_gives()
    {
        await using var connection = await embedded.ConnectAsync();
        var path = Path.Combine(HostedEngine.ProjectRoot, "samples", "data", "diamonds.csv.gz");
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "diamonds" }, null, Cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("diamonds", null, Cancellation);

        double[] carats = [.. SampleColumn.Diamonds("carat").Select(t => double.Parse(t, CultureInfo.InvariantCulture)).Order()];
        var carat = await MeasureAsync("carat", new() { Quantiles = [0, 0.1, 0.25, 0.5, 0.99, 1], Bins = 7 });
        Assert.Equal(0, carat.QuantileError);
        Assert.Equal([.. ((double[])[0, 0.1, 0.25, 0.5, 0.99, 1]).Select(p => new Quantile(p, Interpolated(carats, p)))], carat.Quantiles!);
        Assert.Equal(7, carat.Histogram!.Count);
        Assert.All(carat.Histogram.SkipLast(1),
            bin => Assert.Equal(carats.Count(c => c >= (double)bin.From && c < (double)bin.To), bin.Rows, 5.0));
        Assert.Equal((carats.Length, carats.Distinct().Count()), (carat.Histogram.Sum(b => b.Rows), carat.Distinct));
        Assert.Null(carat.Top);
        Assert.Equal(7, carat.HistogramBars(30)!.Split('\n').Length);
        Assert.Equal(('█', 7), (carat.Outline()[0], carat.Outline().Length));

        // More values than are counted one by one.
        double[] prices = [.. SampleColumn.Diamonds("price").Select(t => double.Parse(t, CultureInfo.InvariantCulture)).Order()];
        var price = await MeasureAsync("price", new() { Quantiles = [0, 0.05, 0.5, 0.95, 1], Bins = 20 });
        Assert.Equal(QuantileSketch.RankError, price.QuantileError);
        Assert.Equal((prices[0], prices[^1]), ((double)price.Quantiles![0].Value, (double)price.Quantiles[^1].Value));
        foreach (var quantile in price.Quantiles.Skip(1).SkipLast(1))
        {
            double error = QuantileSketch.RankError;
            Assert.InRange((double)quantile.Value,
                Interpolated(prices, quantile.Probability - error), Interpolated(prices, quantile.Probability + error));
        }
        Assert.All(price.Histogram!, bin => Assert.Equal(prices.Count(p => p >= (double)bin.From && p < (double)bin.To), bin.Rows));
        Assert.Equal(prices.Distinct().Count(), price.Distinct);
        foreach (var top in price.Top!) Assert.InRange(prices.Count(p => p == (long)top.Value!), top.Rows, top.Rows + price.TopError);

        var cut = await MeasureAsync("cut", new());
        var counts = SampleColumn.Diamonds("cut").CountBy(c => c).OrderByDescending(c => c.Value)
            .Select(c => new ValueCount(c.Key, c.Value));
        Assert.Equal(counts, cut.Top!);
        Assert.Equal((0L, 5L), (cut.TopError, cut.Distinct));
        Assert.Null(cut.Quantiles);
        Assert.Null(cut.Histogram);
        Assert.StartsWith("Ideal 40", cut.Outline(), StringComparison.Ordinal);
        var bars = cut.TopBars(20)!.Split('\n');
        Assert.Equal(5, bars.Length);
        Assert.Contains("Ideal " + new string('█', 20), bars[0], StringComparison.Ordinal);

        async Task<ColumnSummary> MeasureAsync(string column, SummaryOptions options)
        {
            int index = dataset.Columns.ToList().FindIndex(c => c.Name == column);
            return Assert.Single(await new DatasetSummary(connection)
                .RunAsync(dataset, options with { Columns = [index] }, null, Cancellation));
        }

        static double Interpolated(double[] sorted, double p)
        {
            double rank = p * (sorted.Length - 1), below = sorted[(int)Math.Floor(rank)], above = sorted[(int)Math.Ceiling(rank)];
            return below + (above - below) * (rank - Math.Floor(rank));
        }
    }

    [Theory]
    [InlineData(DistinctCounter.Capacity - 1, 0)]
    [InlineData(1_000_000, 0.03)]
    public void Distinct_counts_are_exact_while_few_and_close_when_many(int count, double tolerance)
    {
        var counter = new DistinctCounter();
        var random = new Random(1);
        for (int i = 0; i < count; i++)
        {
            ulong hash = (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64();
            counter.Add(hash);
            counter.Add(hash);
        }
        Assert.InRange(counter.Count, count * (1 - tolerance), count * (1 + tolerance));
    }
}
