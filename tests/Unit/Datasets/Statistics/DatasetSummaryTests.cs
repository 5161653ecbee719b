using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Statistics;

public class DatasetSummaryTests(EmbeddedServerFixture embedded)
{
    [Fact]
    public async Task Columns_are_summarised_by_type()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var connection = await embedded.ConnectAsync();
        var path = folder.Write("a.csv", "n,x,t,b,none\n1,0.5,a,true,\n2,1.5,b,false,\n2,,a,true,\n,2.5,,,\n");
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "a" }, null, cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("a", null, cancellation);
        var summary = await new DatasetSummary(connection).RunAsync(dataset, new(), null, cancellation);
        Assert.Equal(
            [
                new("a", "n", ColumnType.Int64, 3, 1, 5.0 / 3, Math.Sqrt(2.0) / 3, 1.0, 2.0, 2),
                new("a", "x", ColumnType.Float64, 3, 1, 1.5, Math.Sqrt(2.0 / 3), 0.5, 2.5, 3),
                new("a", "t", ColumnType.Utf8, 3, 1, null, null, null, null, 2),
                new("a", "b", ColumnType.Boolean, 3, 1, 2.0 / 3, Math.Sqrt(2.0) / 3, 0.0, 1.0, 2),
                new("a", "none", ColumnType.Utf8, 0, 4, null, null, null, null, 0),
            ],
            summary.Select(s => s with { Mean = Round(s.Mean), StandardDeviation = Round(s.StandardDeviation), Quantiles = null, Histogram = null, Top = null }),
            (ColumnSummary a, ColumnSummary b) => a with { Mean = Round(a.Mean), StandardDeviation = Round(a.StandardDeviation) } == b);

        static double? Round(double? value) => value is { } v ? Math.Round(v, 12) : null;
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
