using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using RedisML.Charts;
using RedisML.Columns;
using RedisML.Datasets.Statistics;
using RedisML.Runs;
using RedisML.Training.Charts;

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
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Png_has_the_pixels_that_its_head_says_in_the_colours_of_its_palette(string name)
    {
        var file = Create(name).ToFile(ChartFormat.Png);
        int width = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), height = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20));
        int start = Encoding.Latin1.GetString(file).IndexOf("IDAT", StringComparison.Ordinal);
        var data = new MemoryStream(file, start + 4, BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(start - 4)));
        var pixels = new MemoryStream();
        new ZLibStream(data, CompressionMode.Decompress).CopyTo(pixels);
        Assert.Equal(height * (width + 1), pixels.Length);
        Assert.Equal<byte>([0, 1, 2, 3], pixels.ToArray().Distinct().Order());
    }

    static Chart Create(string name)
    {
        var column = new ColumnSummary("a", "a<b & c", ColumnType.Int64, 6, 1, null, null, null, null, 3);
        return name == "curve"
            ? new MetricChart("a<b & c", Enumerable.Range(0, 20).Select(i => new TrainingMetric("r", "loss", i, 1.0 / (i + 1), default)))
            : new DistributionChart("a<b & c",
            [
                column with { Histogram = [new(0.0, 1.0, 2), new(1.0, 2.0, 4)], Quantiles = [new(0.5, 1.0)] },
                column with { Top = [new("x<y", 4), new("ü", 2)] },
                column,
                column with { Column = new string('w', 200) },
            ]);
    }
}
