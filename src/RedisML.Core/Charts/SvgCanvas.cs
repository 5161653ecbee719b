using System.Globalization;
using System.Net;
using System.Text;

namespace RedisML.Charts;

/// <summary>Draws as SVG, light or dark as the reader's screen is. Those who hear it are told its title and what it shows.</summary>
sealed class SvgCanvas : ChartCanvas
{
    /// <summary>The width of a letter of 12 pixels, on average.</summary>
    const double LetterWidth = 6.8;

    readonly StringBuilder _svg = new();

    /// <param name="id">Its name within the page; null where it is a file of its own, which then has its style in it.</param>
    public SvgCanvas(Chart chart, string? id = null)
    {
        var (width, height) = chart.Size;
        var (title, text) = (WebUtility.HtmlEncode(chart.Title), WebUtility.HtmlEncode(chart.Description));
        id ??= "chart";
        Append($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"
            font-size="12" font-family="sans-serif" role="img" lang="en" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title>
            <desc id="{id}-desc">{text}</desc>

            """);
        if (id == "chart") _svg.Append("<style>\n").Append(Style).Append("</style>\n");
        Rectangle(0, 0, width, height, ChartColour.Paper);
    }

    /// <summary>What all drawings of a page share.</summary>
    public static string Style { get; } = $$"""
        {{Styles(ChartPalette.Light)}}@media (prefers-color-scheme: dark) {
        {{Styles(ChartPalette.Dark)}}}
        .tip { fill-opacity: 0; } .tip:hover { fill-opacity: 1; }
        rect.shown:hover { stroke: #888; stroke-width: 1.5; }

        """;

    public override void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness, bool isDashed)
    {
        var text = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.##},{p.Y:0.##}")));
        Append($"""<polyline points="{text}" fill="none" class="line{(int)colour}" stroke-width="{thickness}" """);
        _svg.Append(isDashed ? "stroke-dasharray=\"6 4\"/>\n" : "/>\n");
    }

    public override void Rectangle(
        double x, double y, double width, double height, ChartColour colour, string? tip = null, double opacity = 1)
    {
        var pointed = tip is null ? "" : "shown ";
        Append($"""<rect x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" class="{pointed}fill{(int)colour}" """);
        if (opacity < 1) Append($"fill-opacity=\"{opacity:0.##}\"");
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

    static string Styles(Func<ChartColour, uint> shade) => string.Concat(Enum.GetValues<ChartColour>()
        .Select(c => $".fill{(int)c} {{ fill: #{shade(c):x6}; }} .line{(int)c} {{ stroke: #{shade(c):x6}; }}\n"));

    void Append(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
