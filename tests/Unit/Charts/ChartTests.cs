using System.Text;
using System.Xml.Linq;
using RedisML.Charts;
using RedisML.Columns;
using RedisML.Datasets.Statistics;
using RedisML.Runs;
using RedisML.Training.Charts;
using SkiaSharp;

namespace RedisML.Unit.Charts;

public class ChartTests
{
    public static TheoryData<string> Charts => ["curve", "distributions"];

    [Theory]
    [MemberData(nameof(Charts))]
    public void Svg_is_well_formed_whatever_the_names(string name)
    {
        var svg = XDocument.Parse(Encoding.UTF8.GetString(Create(name).ToFile(ChartFormat.Svg)));
        Assert.Contains(svg.Root!.Elements(), e => e.Value == "a<b & c");
        var page = Encoding.UTF8.GetString(Create(name).ToFile(ChartFormat.Html));
        Assert.Contains("<title>a&lt;b &amp; c</title>", page, StringComparison.Ordinal);
        Assert.Contains("<table>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("a<b", page, StringComparison.Ordinal);
    }

    /// <summary>Read back with the library that drew it: two pixels a pixel, colours of the palette.</summary>
    [Theory]
    [MemberData(nameof(Charts))]
    public void Png_has_the_drawing_in_the_colours_of_its_palette(string name)
    {
        var chart = Create(name);
        using var picture = SKBitmap.Decode(chart.ToFile(ChartFormat.Png));
        Assert.Equal((2 * chart.Size.Width, 2 * chart.Size.Height), (picture.Width, picture.Height));
        var colours = picture.Pixels.CountBy(p => (uint)p & 0xffffff).ToDictionary();
        Assert.True(colours[ChartPalette.Light(ChartColour.Paper)] > picture.Pixels.Length / 2);
        Assert.True(colours[ChartPalette.Light(ChartColour.Ink)] > 300);
        Assert.True(colours[ChartPalette.Light(ChartColour.Blue)] > 300);
        // Smoothed, so there are shades between.
        Assert.True(colours.Count > 30);
    }

    [Fact]
    public void Png_has_letters_of_both_cases()
    {
        Assert.NotEqual(Titled("abc"), Titled("ABC"));
        Assert.NotEqual(Titled("Ä"), Titled("Ω"));

        static byte[] Titled(string title) => new MetricChart(title, "loss", [Curve("loss", 1)]).ToFile(ChartFormat.Png);
    }

    /// <summary>What those who point at a place are shown: the figures, as they are, of every step and every bin.</summary>
    [Fact]
    public void Svg_shows_values_to_those_who_point()
    {
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"loss, step {i}: {Chart.Text(1.0 / (i + 1))}"),
            Tips("curve").Where(t => t.StartsWith("loss", StringComparison.Ordinal)));
        Assert.Equal(["0: 2 rows", "1: 4 rows", "x<y: 4 rows", "ü: 2 rows"], Tips("distributions"));

        static IEnumerable<string> Tips(string chart) =>
            XDocument.Parse(Encoding.UTF8.GetString(Create(chart).ToFile(ChartFormat.Svg)))
                .Root!.Elements().SelectMany(e => e.Elements()).Where(e => e.Name.LocalName == "title").Select(e => e.Value);
    }

    [Fact]
    public void A_page_has_a_row_a_step_and_a_column_a_curve()
    {
        var chart = new MetricChart("t", "loss", [Curve("r1", 1), new("r2", [(5, 0.25), (30, 0.125)])]);
        Assert.Equal(["Step", "r1", "r2"], chart.Table().First());
        Assert.Equal(["5", $"{1.0 / 6:R}", "0.25"], chart.Table().ElementAt(6));
        Assert.Equal(["30", "", "0.125"], chart.Table().Last());
    }

    [Fact]
    public void Curves_in_the_terminal_have_their_names_at_their_ends_where_there_are_several()
    {
        var lines = TerminalChart.Draw(new("t", "loss", [Curve("first", 1.0), Curve("second", 20)]), 60, 10);
        Assert.Equal(13, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 60));
        Assert.Single(lines, line => line.EndsWith(" first", StringComparison.Ordinal));
        Assert.Single(lines, line => line.EndsWith(" second", StringComparison.Ordinal));
        Assert.DoesNotContain(TerminalChart.Draw(new("t", "loss", [Curve("first", 1.0)]), 60, 10), line =>
            line.Contains("first", StringComparison.Ordinal));
    }

    static MetricSeries Curve(string name, double scale) =>
        new(name, Enumerable.Range(0, 20).Select(i => new RunMetric("r", "loss", i, scale / (i + 1), default)));

    static Chart Create(string name)
    {
        var column = new ColumnSummary("a", "a<b & c", ColumnType.Int64, 6, 1, null, null, null, null, 3);
        return name == "curve"
            ? new MetricChart("a<b & c", "loss", [Curve("loss", 1.0), Curve("a<b", 1.5)])
            : new DistributionChart("a<b & c",
            [
                column with { Histogram = [new(0.0, 1.0, 2), new(1.0, 2.0, 4)], Quantiles = [new(0.5, 1.0)] },
                column with { Top = [new("x<y", 4), new("ü", 2)] },
                column,
                column with { Column = new string('w', 200) },
            ]);
    }
}
