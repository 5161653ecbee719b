using System.Globalization;
using System.Net;
using System.Text;

namespace RedisML.Charts;

/// <summary>Draws as SVG, light or dark as the reader's screen is.</summary>
sealed class SvgCanvas : ChartCanvas
{
    /// <summary>The width of a letter of 12 pixels, on average.</summary>
    const double LetterWidth = 6.8;

    /// <summary>By <see cref="ChartColour"/>, on light paper and on dark.</summary>
    static readonly (string Light, string Dark)[] s_colours =
    [
        ("#ffffff", "#16181c"), ("#dddddd", "#3a3e46"), ("#282828", "#dcdfe4"),
        ("#0072b2", "#4da6dc"), ("#d55e00", "#f08a3c"), ("#009e73", "#2fc79a"), ("#aa4499", "#d28cc6"), ("#56b4e9", "#8fd0f5"),
    ];

    readonly StringBuilder _svg = new();

    public SvgCanvas(int width, int height, string title)
    {
        var name = WebUtility.HtmlEncode(title);
        Append($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="12" role="img" aria-label="{name}">
            <title>{name}</title>
            <style>
            svg {"{"} font-family: sans-serif; {"}"}
            {Styles(c => c.Light)}@media (prefers-color-scheme: dark) {"{"}
            {Styles(c => c.Dark)}{"}"}
            .tip {"{"} fill-opacity: 0; {"}"} .tip:hover {"{"} fill-opacity: 1; {"}"}
            </style>

            """);
        Rectangle(0, 0, width, height, ChartColour.Paper);
    }

    public override void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness)
    {
        var text = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.##},{p.Y:0.##}")));
        Append($"""<polyline points="{text}" fill="none" class="line{(int)colour}" stroke-width="{thickness}"/>""");
        _svg.Append('\n');
    }

    public override void Rectangle(double x, double y, double width, double height, ChartColour colour, string? tip = null)
    {
        Append($"""<rect x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" class="fill{(int)colour}" """);
        _svg.Append(tip is null ? "/>\n" : $"><title>{WebUtility.HtmlEncode(tip)}</title></rect>\n");
    }

    public override void Tip(double x, double y, ChartColour colour, string text) =>
        Append($"""
            <circle cx="{x:0.##}" cy="{y:0.##}" r="4" class="tip fill{(int)colour}"><title>{WebUtility.HtmlEncode(text)}</title></circle>

            """);

    public override void Write(string text, double x, double y, TextAnchor anchor, bool isTitle)
    {
        var size = isTitle ? """ font-size="16" """ : " ";
        var place = anchor.ToString().ToLowerInvariant();
        Append($"""<text x="{x:0.##}" y="{y + 4:0.##}" text-anchor="{place}"{size}class="fill{(int)ChartColour.Ink}">""");
        _svg.Append(WebUtility.HtmlEncode(text)).Append("</text>\n");
    }

    public override double WidthOf(string text) => text.Length * LetterWidth;

    public override string ToString() => $"{_svg}</svg>\n";

    static string Styles(Func<(string Light, string Dark), string> colour) =>
        string.Concat(s_colours.Select((c, i) => $".fill{i} {{ fill: {colour(c)}; }} .line{i} {{ stroke: {colour(c)}; }}\n"));

    void Append(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
