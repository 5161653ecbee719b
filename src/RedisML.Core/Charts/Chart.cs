using System.Globalization;
using System.Net;
using System.Text;

namespace RedisML.Charts;

/// <summary>The formats of a chart's file.</summary>
public enum ChartFormat
{
    Svg,
    Html,
    Png,
}

/// <summary>Something to be drawn, on whatever there is to draw on.</summary>
public abstract class Chart
{
    public abstract string Title { get; }

    /// <summary>In pixels.</summary>
    internal virtual (int Width, int Height) Size => (800, 450);

    internal abstract void Draw(ChartCanvas canvas);

    /// <summary>The figures, for those who want to read them: the names of their columns first, then the rows.</summary>
    internal abstract IEnumerable<IEnumerable<string>> Table();

    /// <summary>The format that a file's name asks for; null for one that isn't known.</summary>
    public static ChartFormat? FormatOf(string path) =>
        Enum.TryParse<ChartFormat>(Path.GetExtension(path).TrimStart('.'), ignoreCase: true, out var format) ? format : null;

    /// <summary>A number as charts label it.</summary>
    public static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>The bytes of a file.</summary>
    public byte[] ToFile(ChartFormat format) => format switch
    {
        ChartFormat.Svg => Encoding.UTF8.GetBytes(ToSvg()),
        ChartFormat.Html => Encoding.UTF8.GetBytes(ToPage()),
        _ => ToPng(),
    };

    string ToSvg()
    {
        var canvas = new SvgCanvas(Size.Width, Size.Height);
        Draw(canvas);
        return canvas.ToString();
    }

    byte[] ToPng()
    {
        var canvas = new PngCanvas(Size.Width, Size.Height);
        Draw(canvas);
        return canvas.ToFile();
    }

    string ToPage() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{WebUtility.HtmlEncode(Title)}</title></head>
        <body>
        {ToSvg()}
        <table>
        {string.Concat(Table().Select((row, i) => $"<tr>{string.Concat(row.Select(cell => i == 0 ? $"<th>{WebUtility.HtmlEncode(cell)}</th>" : $"<td>{WebUtility.HtmlEncode(cell)}</td>"))}</tr>\n"))}</table>
        </body>
        </html>

        """;
}
