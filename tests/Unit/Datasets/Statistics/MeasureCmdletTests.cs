using System.Globalization;
using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Datasets.Statistics;

/// <summary><c>Measure-RedisDataset</c> through the hosted engine.</summary>
public sealed class MeasureCmdletTests : IDisposable
{
    readonly HostedEngine _engine = new();
    readonly TemporaryFolder _folder = new();

    public MeasureCmdletTests(EmbeddedServerFixture server) => Run($"""
        $null = Connect-RedisML 'redis://:{server.Password}@127.0.0.1:{server.Port}' -Prefix {TestPrefix.New()}
        $null = Import-RedisTrainingData '{Path.Combine(HostedEngine.ProjectRoot, "samples", "data", "diamonds.csv.gz")}'
        """);

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Figures_of_real_columns_are_those_that_counting_gives()
    {
        double[] carats = [.. SampleColumn.Diamonds("carat").Select(t => double.Parse(t, CultureInfo.InvariantCulture)).Order()];
        var carat = Measure("-Column carat -Quantile 0, 0.1, 0.25, 0.5, 0.99, 1 -Bin 7");
        Assert.Equal(0, carat.QuantileError);
        Assert.Equal([.. ((double[])[0, 0.1, 0.25, 0.5, 0.99, 1]).Select(p => new Quantile(p, Interpolated(carats, p)))], carat.Quantiles!);
        Assert.Equal(7, carat.Histogram!.Count);
        Assert.All(carat.Histogram.SkipLast(1), bin => Assert.Equal(carats.Count(c => c >= (double)bin.From && c < (double)bin.To), bin.Rows, 5.0));
        Assert.Equal((carats.Length, carats.Distinct().Count()), (carat.Histogram.Sum(b => b.Rows), carat.Distinct));
        Assert.Null(carat.Top);

        // More values than are counted one by one.
        double[] prices = [.. SampleColumn.Diamonds("price").Select(t => double.Parse(t, CultureInfo.InvariantCulture)).Order()];
        var price = Measure("-Column price -Quantile 0, 0.05, 0.5, 0.95, 1 -Bin 20");
        Assert.Equal(QuantileSketch.RankError, price.QuantileError);
        Assert.Equal((prices[0], prices[^1]), ((double)price.Quantiles![0].Value, (double)price.Quantiles[^1].Value));
        foreach (var quantile in price.Quantiles.Skip(1).SkipLast(1))
        {
            double error = QuantileSketch.RankError;
            Assert.InRange((double)quantile.Value, Interpolated(prices, quantile.Probability - error), Interpolated(prices, quantile.Probability + error));
        }
        Assert.All(price.Histogram!, bin => Assert.Equal(prices.Count(p => p >= (double)bin.From && p < (double)bin.To), bin.Rows));
        Assert.Equal(prices.Distinct().Count(), price.Distinct);
        foreach (var top in price.Top!) Assert.InRange(prices.Count(p => p == (long)top.Value!), top.Rows, top.Rows + price.TopError);

        var cut = Measure("-Column cut -Top 2");
        Assert.Equal(SampleColumn.Diamonds("cut").CountBy(c => c).OrderByDescending(c => c.Value).Take(2).Select(c => new ValueCount(c.Key, c.Value)), cut.Top!);
        Assert.Equal((0L, 5L), (cut.TopError, cut.Distinct));
        Assert.Null(cut.Quantiles);
        Assert.Null(cut.Histogram);

        static double Interpolated(double[] sorted, double p)
        {
            double rank = p * (sorted.Length - 1), below = sorted[(int)Math.Floor(rank)], above = sorted[(int)Math.Ceiling(rank)];
            return below + (above - below) * (rank - Math.Floor(rank));
        }
    }

    [Fact]
    public void Dates_have_dates_for_quantiles_and_bins_and_booleans_are_counted()
    {
        Run($"$null = Import-RedisTrainingData '{_folder.Write("days.csv", "day,is\n2024-01-01,true\n2024-01-03,false\n2024-01-03,true\n2024-01-09,\n,true\n")}'");
        Assert.Equal("1/1/2024 1/3/2024 1/9/2024", Text("(Measure-RedisDataset days -Column day -Quantile 0, 0.5, 1).Quantiles | ForEach-Object { $_.Value.ToString('M/d/yyyy') }", " "));
        var day = Measure("-Column day", "days");
        Assert.Equal(new(new DateTime(2024, 1, 3), new DateTime(2024, 1, 4), 2), day.Histogram![2]);
        Assert.Equal(new(new DateTime(2024, 1, 3), 2), day.Top![0]);
        Assert.Equal([new(true, 3), new(false, 1)], Measure("-Column is", "days").Top!);
    }

    [Theory]
    [InlineData("Hash", "-Key id")]
    [InlineData("Hash", "")]
    public void Rows_that_replaced_others_are_counted_as_they_are_now(string layout, string key)
    {
        Run($"""
            $null = Import-RedisTrainingData '{_folder.Write("a.csv", "id,x\n1,10\n2,20\n3,30\n")}' -Dataset h -Layout {layout} {key}
            $null = Import-RedisTrainingData '{_folder.Write("b.csv", "id,x\n3,-5\n4,40\n")}' -Dataset h -Append
            """);
        var x = Measure("-Column x", "h");
        Assert.Equal(key == "" ? (5L, 19.0, -5.0) : (4L, 16.25, -5.0), (x.Count, x.Mean, (double)x.Minimum!));
        Assert.Equal(x.Count, x.Histogram!.Sum(b => b.Rows));
    }

    [Theory]
    [InlineData("svg", "<svg")]
    [InlineData("html", "<!DOCTYPE html>")]
    [InlineData("png", "\u0089PNG")]
    public void A_picture_goes_into_a_file_that_is_not_overwritten_unasked(string extension, string start)
    {
        var path = Path.Combine(_folder.Path, "d." + extension);
        Run($"Measure-RedisDataset diamonds -Path '{path}' -WhatIf");
        Assert.False(File.Exists(path));
        Assert.Equal("d." + extension, Text($"(Measure-RedisDataset diamonds -Path '{path}').Name"));
        Assert.StartsWith(start, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path)), StringComparison.Ordinal);
        if (extension != "png")
            foreach (var name in (string[])["clarity", "Ideal", "price", "18826"]) Assert.Contains(name, File.ReadAllText(path), StringComparison.Ordinal);
        Assert.StartsWith("FileExists,", Assert.Single(_engine.Invoke($"Measure-RedisDataset diamonds -Path '{path}'").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Run($"Measure-RedisDataset diamonds -Path '{path}' -Force");
    }

    [Theory]
    [InlineData("-Path x.doc", "UnknownChartFormat")]
    [InlineData("-Quantile 1.5", "ParameterArgumentValidationError")]
    [InlineData("-Column carrat", "ColumnNotFound")]
    public void What_makes_no_sense_is_an_error(string arguments, string id) => Assert.StartsWith(
        id + ",", Assert.Single(_engine.Invoke($"Measure-RedisDataset diamonds {arguments}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Theory]
    [InlineData("-Column c", "carat,cut,color,clarity")]
    [InlineData("-Version ", "1")]
    public void Column_names_and_versions_complete(string arguments, string expected) =>
        Assert.Equal(expected, Text($"(TabExpansion2 'Measure-RedisDataset diamonds {arguments}').CompletionMatches | ForEach-Object CompletionText"));

    [Fact]
    public void Bars_are_drawn_from_the_object()
    {
        var cut = Measure("-Column cut");
        Assert.StartsWith("Ideal 40", cut.Outline(), StringComparison.Ordinal);
        var bars = cut.TopBars(20)!.Split('\n');
        Assert.Equal(5, bars.Length);
        Assert.Contains("Ideal " + new string('█', 20), bars[0], StringComparison.Ordinal);
        var carat = Measure("-Column carat");
        Assert.Equal(10, carat.Outline().Length);
        Assert.Equal('█', carat.Outline()[0]);
        Assert.Equal(10, carat.HistogramBars(30)!.Split('\n').Length);
    }

    ColumnSummary Measure(string arguments, string dataset = "diamonds") => (ColumnSummary)Assert.Single(Run($"Measure-RedisDataset {dataset} {arguments}")).BaseObject;

    string Text(string script, string separator = ",") => string.Join(separator, Run(script));

    IReadOnlyList<PSObject> Run(string script) => _engine.Invoke(script).OutputWithoutErrors;
}
