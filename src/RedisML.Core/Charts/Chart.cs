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

    /// <summary>The size of the drawing, in pixels.</summary>
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
        var canvas = new SvgCanvas(Size.Width, Size.Height, Title);
        Draw(canvas);
        return canvas.ToString();
    }

    byte[] ToPng()
    {
        var canvas = new PngCanvas(Size.Width, Size.Height);
        Draw(canvas);
        return canvas.ToFile();
    }

    string ToPage()
    {
        var table = Table().Select(row => row.Select(cell => WebUtility.HtmlEncode(cell)).ToList()).ToList();
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="color-scheme" content="light dark">
            <meta name="viewport" content="width=device-width">
            <title>{{WebUtility.HtmlEncode(Title)}}</title>
            <style>
            body { font-family: sans-serif; max-width: {{Size.Width}}px; margin: 1em auto; }
            svg { width: 100%; }
            table { border-collapse: collapse; font-size: 0.85em; }
            th, td { padding: 0.2em 0.8em; text-align: right; font-variant-numeric: tabular-nums; border-bottom: 1px solid #8884; }
            th:first-child, td:first-child { text-align: left; }
            </style>
            </head>
            <body>
            {{ToSvg()}}
            <table>
            <caption>{{WebUtility.HtmlEncode(Title)}}</caption>
            <thead><tr>{{string.Concat(table[0].Select(cell => $"<th scope=\"col\">{cell}</th>"))}}</tr></thead>
            <tbody>
            {{string.Concat(table.Skip(1).Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{cell}</td>"))}</tr>\n"))}}</tbody>
            </table>
            </body>
            </html>

            """;
    }
}
