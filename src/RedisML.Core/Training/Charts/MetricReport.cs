using System.Globalization;
using RedisML.Charts;

namespace RedisML.Training.Charts;

/// <summary>Metrics of runs as a page: a table of the runs, and a drawing and a table of figures for each kind of metric, in which runs lie
/// over each other. As a picture, the first of the drawings.</summary>
public sealed class MetricReport : Chart
{
    readonly IReadOnlyList<MetricRun> _runs;

    /// <param name="runs">One at least.</param>
    /// <exception cref="Errors.RedisMLException"><c>NoMetric</c>: none has a point.</exception>
    public MetricReport(IReadOnlyList<MetricRun> runs)
    {
        _runs = runs;
        // Training and validation loss are of one scale; what else is measured may have another.
        var names = runs.SelectMany(r => r.Curves).Select(c => c.Name).Distinct().ToList();
        Charts = [.. names.GroupBy(KindOf).Select(group => Draw(runs, [.. group]))];
        Whole = names.Count == 1 || Charts.Count == 1 ? Charts[0] : Draw(runs, names);
    }

    /// <summary>One for each kind of metric.</summary>
    public IReadOnlyList<MetricChart> Charts { get; }

    /// <summary>All curves in one drawing.</summary>
    public MetricChart Whole { get; }

    public override string Title => Whole.Title;

    public override string Description => Whole.Description;

    public override void Draw(ChartCanvas canvas) => Whole.Draw(canvas);

    internal override IEnumerable<IEnumerable<string>> Table() => Whole.Table();

    internal override string ToPage()
    {
        var page = new ReportPage(Title);
        page.Section(_runs.Count == 1 ? "Run" : "Runs");
        page.Table("Figures of each curve", Summary());
        foreach (var chart in Charts)
        {
            page.Section(chart.ValueName);
            page.Figure(chart);
            page.Table(chart.Title, chart.Table());
        }
        return page.ToString();
    }

    IEnumerable<IEnumerable<string>> Summary()
    {
        yield return ["Run", "Model", "Metric", "Steps", "First", "Last", "Least", "at step", "Greatest", "at step"];
        foreach (var (model, id, curves) in _runs)
            foreach (var (name, points) in curves.Where(c => c.Points.Count > 0))
            {
                var (least, greatest) = (points.MinBy(p => p.Value), points.MaxBy(p => p.Value));
                yield return
                [
                    id, model, name, points.Count.ToString("N0", CultureInfo.InvariantCulture),
                    Text(points[0].Value), Text(points[^1].Value),
                    Text(least.Value), $"{least.Step}", Text(greatest.Value), $"{greatest.Step}",
                ];
            }
    }

    static string KindOf(string metric) => metric is "loss" or "validationLoss" ? "loss" : metric;

    static MetricChart Draw(IReadOnlyList<MetricRun> runs, IReadOnlyList<string> names)
    {
        var value = string.Join(", ", names);
        if (runs is [var (model, id, curves)])
            return new($"{value} of {model}, run {id}", value, curves.Where(c => names.Contains(c.Name)));
        var title = $"{value} of {string.Join(", ", runs.Select(r => r.Model).Distinct())}, {runs.Count} runs";
        return new(title, value, runs.SelectMany((run, i) => run.Curves.Where(c => names.Contains(c.Name)).Select(c => c with
        {
            Name = names.Count == 1 ? run.Id : $"{run.Id} {c.Name}",
            Colour = i,
            IsDashed = names.ToList().IndexOf(c.Name) > 0,
        })));
    }
}
