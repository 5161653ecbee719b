using System.Globalization;
using System.Net;
using System.Text;

namespace RedisML.Charts;

/// <summary>One HTML file that needs no other and runs no script: drawings, and tables of what is drawn.</summary>
/// <remarks>All text is somebody else's: each is escaped, and the page forbids itself to load or run anything.</remarks>
sealed class ReportPage
{
    readonly StringBuilder _page = new();
    int _figures;
    bool _isInSection;

    /// <param name="title">The page's, and its first heading.</param>
    /// <param name="text">What stands below that.</param>
    public ReportPage(string title, string text = "")
    {
        _page.Append(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <meta name="viewport" content="width=device-width">
            <title>{{Html(title)}}</title>
            <style>
            body { font-family: sans-serif; max-width: 60em; margin: 1em auto; padding: 0 1em; line-height: 1.4; }
            body { color: #282828; background: #fff; }
            @media (prefers-color-scheme: dark) { body { color: #dcdfe4; background: #16181c; } }
            h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; } h1, h2, figcaption { overflow-wrap: anywhere; }
            figure { margin: 1em 0; } svg { width: 100%; height: auto; }
            .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(26em, 1fr)); gap: 1em; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: 0.85em; margin: 1em 0; }
            caption { text-align: left; font-weight: bold; padding: 0.4em 0; }
            th, td { padding: 0.2em 0.8em; border-bottom: 1px solid #8884; }
            th, td { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
            th:first-child, .text { text-align: left; } .text { white-space: normal; overflow-wrap: anywhere; }
            pre { padding: 0.8em; border: 1px solid #8884; overflow-x: auto; }
            {{SvgCanvas.Style}}</style>
            </head>
            <body>
            <main>
            <h1>{{Html(title)}}</h1>

            """);
        if (text.Length > 0) _page.Append("<p>").Append(Html(text)).Append("</p>\n");
    }

    /// <summary>Begins a section, and ends the one before.</summary>
    public void Section(string heading)
    {
        EndSection();
        _isInSection = true;
        _page.Append("<section>\n<h2>").Append(Html(heading)).Append("</h2>\n");
    }

    /// <summary>Charts side by side, each with its figures folded away below it.</summary>
    public void Panels(IEnumerable<Chart> charts)
    {
        _page.Append("<div class=\"panels\">\n");
        foreach (var chart in charts)
        {
            _page.Append("<div>\n");
            Figure(chart);
            _page.Append("<details><summary>Figures of ").Append(Html(chart.Title)).Append("</summary>\n");
            Table(chart.Title, chart.Table());
            _page.Append("</details>\n</div>\n");
        }
        _page.Append("</div>\n");
    }

    /// <summary>A drawing, up to 1.4 times as large as it is drawn.</summary>
    public void Figure(Chart chart) => _page
        .Append(CultureInfo.InvariantCulture, $"<figure style=\"max-width: {1.4 * chart.Size.Width:0}px\">\n")
        .Append(chart.ToSvg($"figure-{++_figures}")).Append("</figure>\n");

    /// <param name="rows">The names of the columns first; each row begins with its own. A column is text, and stands to the
    /// left, where one of its cells begins neither as a number nor as a time does.</param>
    public void Table(string caption, IEnumerable<IEnumerable<string>> rows)
    {
        string[][] lines = [.. rows.Select(row => row.ToArray())];
        var texts = lines.Skip(1).SelectMany(row => row.Index().Where(cell => !IsNumber(cell.Item)).Select(cell => cell.Index)).ToHashSet();
        // It scrolls where it is wide, by the keyboard too.
        var name = Html(caption);
        _page.Append(CultureInfo.InvariantCulture,
            $"<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\">\n<table>\n<caption>{name}</caption>\n");
        bool isHead = true;
        foreach (var row in lines)
        {
            _page.Append(isHead ? "<thead><tr>" : "<tr>");
            int column = 0;
            foreach (var cell in row)
            {
                var (tag, scope) = isHead ? ("th", " scope=\"col\"") : column == 0 ? ("th", " scope=\"row\"") : ("td", "");
                var kind = column > 0 && texts.Contains(column) ? " class=\"text\"" : "";
                _page.Append('<').Append(tag).Append(scope).Append(kind).Append('>').Append(Html(cell))
                    .Append("</").Append(tag).Append('>');
                column++;
            }
            _page.Append(isHead ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
            isHead = false;
        }
        _page.Append("</tbody>\n</table>\n</div>\n");
    }

    /// <summary>What to run, as it is typed.</summary>
    public void Code(string text) => _page.Append("<pre><code>").Append(Html(text)).Append("</code></pre>\n");

    public void Paragraph(string text) => _page.Append("<p>").Append(Html(text)).Append("</p>\n");

    public override string ToString()
    {
        EndSection();
        return _page + "</main>\n</body>\n</html>\n";
    }

    static bool IsNumber(string cell) => cell.TrimStart('-', '−', '+') is "" or "NaN" or "∞" or [>= '0' and <= '9', ..];

    static string Html(string text) => WebUtility.HtmlEncode(text);

    void EndSection()
    {
        if (_isInSection) _page.Append("</section>\n");
        _isInSection = false;
    }
}
