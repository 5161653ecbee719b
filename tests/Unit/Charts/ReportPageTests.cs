using System.Globalization;
using System.Text.Json.Nodes;
using RedisML.Charts;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.Importing;
using RedisML.Training.Charts;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Charts;

/// <summary>Reports as a browser has them: what is read, seen, heard and pointed at, light and dark.</summary>
public class ReportPageTests(EmbeddedServerFixture embedded)
{
    const string Script = "<script>document.title='run'</script>";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_is_a_page_whose_figures_can_be_read_back()
    {
        Assert.SkipUnless(ChromiumPage.Program is not null, "Chromium isn't installed: apt-get install chromium");
        using var folder = new TemporaryFolder();
        await using var connection = await embedded.ConnectAsync();
        // x and y rise together, z falls; one value of z lies far away; the names are an attack.
        var lines = Enumerable.Range(1, 500).Select(i => FormattableString.Invariant(
            $"{i},{2 * i + i % 3},{(i == 500 ? 1e6 : 1000.5 - i)},{(i % 4 == 0 ? "\"<img src=x onerror=alert(1)>\"" : "plain")}"));
        var csv = folder.Write("a.csv", $"x,y,\"{Script}\",t\n{string.Join('\n', lines)}\n");
        await DatasetImport.RunAsync(connection, csv, new() { Dataset = "report" }, null, Cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("report", null, Cancellation);
        var statistics = new DatasetSummary(connection);
        var columns = await statistics.RunAsync(dataset, new(), null, Cancellation);
        var report = new DatasetReport(dataset, columns, await statistics.CorrelateAsync(dataset, new(), Cancellation));
        await using var page = await OpenAsync(report, folder);

        Assert.Equal("report, 500 rows", (string)(await page.EvaluateAsync("document.title"))!);
        Assert.Equal(0, (int)await page.EvaluateAsync("document.querySelectorAll('script, img').length"));
        var table = await RowsAsync(page, "table");
        Assert.Equal(["x", "y", Script, "t"], table.Skip(1).Select(row => row[0]));
        Assert.Equal("500", table[1][2]);
        Assert.Equal("250.5", table[1][5]);

        // The bars of the first histogram stand for all rows, and say what each is.
        var bars = await ListAsync(page,
            "[...document.querySelector('.panels svg').querySelectorAll('rect.shown title')].map(t => t.textContent)");
        Assert.Equal(500, bars.Sum(b => int.Parse(b.Split(": ")[1].Split(' ')[0], CultureInfo.InvariantCulture)));
        var far = await ListAsync(page,
            "[...document.querySelectorAll('.panels svg')[2].querySelectorAll('text')].map(t => t.textContent)");
        Assert.Contains(far, text => text.StartsWith("not drawn: 1 from", StringComparison.Ordinal));

        var correlations = (await RowsAsync(page, "section:last-of-type table")).Select(row => row.ToList()).ToList();
        Assert.Equal(["Column", "x", "y", Script], correlations[0]);
        Assert.Equal("1.00", correlations[1][2]);
        await IsAccessibleAsync(page);
    }

    [Fact]
    public async Task Runs_lie_over_each_other_and_say_their_figures_to_those_who_point()
    {
        Assert.SkipUnless(ChromiumPage.Program is not null, "Chromium isn't installed: apt-get install chromium");
        using var folder = new TemporaryFolder();
        var report = new MetricReport(
        [
            new(Script, "r1", [Curve("loss", 1), Curve("validationLoss", 1.25), Curve("accuracy", 0.5)]),
            new("late", "r2", [Curve("loss", 2), Curve("validationLoss", 2.5)]),
        ]);
        await using var page = await OpenAsync(report, folder);
        Assert.Equal(0, (int)await page.EvaluateAsync("document.querySelectorAll('script').length"));
        Assert.Equal(["Runs", "loss, validationLoss", "accuracy"],
            await ListAsync(page, "[...document.querySelectorAll('h2')].map(h => h.innerText)"));
        var rows = await RowsAsync(page, "section:nth-of-type(2) table");
        Assert.Equal(["Step", "r1 loss", "r1 validationLoss", "r2 loss", "r2 validationLoss"], rows[0]);
        Assert.Equal(["4", "0.25", "0.3125", "0.5", "0.625"], rows[4]);
        // Where the first curve's fourth point is drawn, the pointer meets its figures.
        Assert.Equal("r1 loss, step 4: 0.25", (string)(await page.EvaluateAsync("""
            (() => { const c = [...document.querySelectorAll('circle.tip')].find(c => c.textContent.startsWith('r1 loss, step 4:'));
              c.scrollIntoView({ block: 'center' }); const b = c.getBoundingClientRect();
              return document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2).textContent; })()
            """))!);
        await IsAccessibleAsync(page);

        static MetricSeries Curve(string name, double scale) => new(name, [.. Enumerable.Range(1, 8).Select(i => ((long)i, scale / i))]);
    }

    /// <summary>Every drawing has a name and a description, every table a caption, every cell its heads; text stands out from its paper,
    /// light and dark; nothing is fetched.</summary>
    static async Task IsAccessibleAsync(ChromiumPage page)
    {
        Assert.Equal("en", (string)(await page.EvaluateAsync("document.documentElement.lang"))!);
        var tree = await page.SendAsync("Accessibility.getFullAXTree");
        var images = tree["nodes"]!.AsArray().Where(n => (string?)n!["role"]?["value"] is "image" or "img").ToList();
        Assert.Equal((int)await page.EvaluateAsync("document.querySelectorAll('svg').length"), images.Count);
        Assert.All(images, image => Assert.NotEmpty((string?)image!["name"]?["value"] ?? ""));
        Assert.Equal(0, (int)await page.EvaluateAsync(
            "[...document.querySelectorAll('table')].filter(t => !t.caption?.textContent.trim()).length"));
        Assert.Equal(0, (int)await page.EvaluateAsync("[...document.querySelectorAll('th')].filter(t => !t.scope).length"));
        Assert.Equal(0, (int)await page.EvaluateAsync("performance.getEntriesByType('resource').length"));
        foreach (var scheme in (string[])["light", "dark"])
        {
            await page.SendAsync("Emulation.setEmulatedMedia",
                new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
            // By the formula of WCAG 2.2; 7 to 1 is its best grade.
            double contrast = (double)await page.EvaluateAsync("""
                (() => { const lum = c => {
                  const [r, g, b] = c.match(/\d+/g).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                  return .2126 * r + .7152 * g + .0722 * b; };
                  const on = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
                  const style = s => getComputedStyle(document.querySelector(s));
                  return Math.min(on(style('body').color, style('body').backgroundColor),
                    on(style('svg text').fill, style('svg rect').fill)); })()
                """);
            Assert.True(contrast > 7, $"{scheme}: {contrast}");
        }
    }

    static async Task<ChromiumPage> OpenAsync(Chart report, TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "report.html");
        await File.WriteAllBytesAsync(path, report.ToFile(ChartFormat.Html), Cancellation);
        return await ChromiumPage.OpenAsync(path, Cancellation);
    }

    static async Task<List<string[]>> RowsAsync(ChromiumPage page, string table) =>
    [
        .. (await page.EvaluateAsync($"[...document.querySelector('{table}').rows].map(r => [...r.cells].map(c => c.innerText.trim()))"))
            .AsArray().Select(row => row!.AsArray().Select(cell => (string)cell!).ToArray()),
    ];

    static async Task<List<string>> ListAsync(ChromiumPage page, string expression) =>
        [.. (await page.EvaluateAsync(expression)).AsArray().Select(node => (string)node!)];
}
