using System.Globalization;
using System.Text;

namespace RedisML.Charts;

/// <summary>Something to be drawn, on whatever there is to draw on.</summary>
public abstract class Chart
{
    public abstract string Title { get; }

    /// <summary>What there is to see, in a sentence or two, for those who don't.</summary>
    public virtual string Description => "";

    /// <summary>The size of the drawing, in pixels.</summary>
    public virtual (int Width, int Height) Size => (800, 450);

    public abstract void Draw(ChartCanvas canvas);

    /// <summary>The figures, for those who want to read them: the names of their columns first, then the rows.</summary>
    internal abstract IEnumerable<IEnumerable<string>> Table();

    /// <summary>The format that a file's name asks for; null for one that isn't known.</summary>
    public static ChartFormat? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".SVG" => ChartFormat.Svg,
        ".HTML" => ChartFormat.Html,
        ".PNG" => ChartFormat.Png,
        _ => null,
    };

    /// <summary>A number as charts write it: five digits, of what is above 10,000 all before the point.</summary>
    public static string Text(double value) =>
        value.ToString(Math.Abs(value) is >= 10_000 and < 1e15 ? "N0" : "G5", CultureInfo.InvariantCulture);

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <exception cref="Errors.RedisMLException">Of PNG, those of <see cref="Extensions.ExtensionLoader.Load"/>.</exception>
    public byte[] ToFile(ChartFormat format, string? path = null) => format switch
    {
        ChartFormat.Svg => Encoding.UTF8.GetBytes(ToSvg()),
        ChartFormat.Html => Encoding.UTF8.GetBytes(ToPage()),
        _ => PictureFormats.Get(".png", path).Draw(this),
    };

    /// <param name="id">Its name within a page; null where it is a file of its own.</param>
    internal string ToSvg(string? id = null)
    {
        var canvas = new SvgCanvas(this, id);
        Draw(canvas);
        return canvas.ToString();
    }

    /// <summary>A page of HTML that needs no other file: the drawing, and its figures as a table.</summary>
    internal virtual string ToPage()
    {
        var page = new ReportPage(Title);
        page.Figure(this);
        page.Table(Title, Table());
        return page.ToString();
    }
}
