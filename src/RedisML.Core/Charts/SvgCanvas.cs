using System.Globalization;
using System.Net;
using System.Text;

namespace RedisML.Charts;

/// <summary>Draws as SVG.</summary>
sealed class SvgCanvas : ChartCanvas
{
    /// <summary>Of a letter of 12 pixels, on average.</summary>
    const double LetterWidth = 6.8;

    static readonly string[] s_colours = ["white", "#ddd", "#282828", "#1f6fb2"];

    readonly StringBuilder _svg = new();

    public SvgCanvas(int width, int height)
    {
        Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        Rectangle(0, 0, width, height, ChartColour.White);
    }

    public override void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness)
    {
        var text = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.##},{p.Y:0.##}")));
        Append($"<polyline points=\"{text}\" fill=\"none\" stroke=\"{s_colours[(int)colour]}\" stroke-width=\"{thickness}\"/>\n");
    }

    public override void Rectangle(double x, double y, double width, double height, ChartColour colour) =>
        Append($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{s_colours[(int)colour]}\"/>\n");

    public override void Write(string text, double x, double y, TextAnchor anchor, bool isTitle) =>
        Append($"<text x=\"{x:0.##}\" y=\"{y + 4:0.##}\" text-anchor=\"{anchor.ToString().ToLowerInvariant()}\"{(isTitle ? " font-size=\"16\"" : "")}>{WebUtility.HtmlEncode(text)}</text>\n");

    public override double WidthOf(string text) => text.Length * LetterWidth;

    public override string ToString() => $"{_svg}</svg>\n";

    void Append(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
