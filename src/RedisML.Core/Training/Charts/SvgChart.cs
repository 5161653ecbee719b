using System.Globalization;
using System.Net;
using System.Text;

namespace RedisML.Training;

/// <summary>Draws a curve as SVG, and as a page that holds it.</summary>
static class SvgChart
{
    const int Width = 800, Height = 450, Left = 80, Right = 20, Top = 40, Bottom = 40;

    public static string Draw(MetricChart chart)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"24\" text-anchor=\"middle\" font-size=\"16\">{WebUtility.HtmlEncode(chart.Title)}</text>\n");
        foreach (double value in chart.ValueTicks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(value):0.##}H{Width - Right}\" stroke=\"#ddd\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.##}\" text-anchor=\"end\">{MetricChart.Text(value)}</text>\n");
        }
        foreach (long step in chart.StepTicks)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(step):0.##}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{step}</text>\n");
        var points = string.Join(' ', chart.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Step):0.##},{Y(p.Value):0.##}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"#1f6fb2\" stroke-width=\"2\"/>\n</svg>\n");
        return svg.ToString();

        double X(long step) => Left + chart.Across(step) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - chart.Up(value) * (Height - Top - Bottom);
    }

    public static string Page(MetricChart chart) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{WebUtility.HtmlEncode(chart.Title)}</title></head>
        <body>
        {Draw(chart)}
        <table>
        <tr><th>Step</th><th>Value</th></tr>
        {string.Concat(chart.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"<tr><td>{p.Step}</td><td>{p.Value:R}</td></tr>\n")))}</table>
        </body>
        </html>

        """;
}
