using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>A dataset as a page: a table of its columns, how the values of each lie, and how numeric ones go together. As a picture, how
/// the values lie.</summary>
public sealed class DatasetReport(
    Dataset dataset, IReadOnlyList<ColumnSummary> columns, IReadOnlyList<ColumnCorrelation> correlations) : Chart
{
    readonly DistributionChart _distributions =
        new(string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}, {dataset.Rows:N0} rows"), columns);

    public override string Title => _distributions.Title;

    public override string Description => _distributions.Description;

    public override (int Width, int Height) Size => _distributions.Size;

    public override void Draw(ChartCanvas canvas) => _distributions.Draw(canvas);

    internal override IEnumerable<IEnumerable<string>> Table() => _distributions.Table();

    internal override string ToPage()
    {
        var page = new ReportPage(Title, string.Create(CultureInfo.InvariantCulture,
            $"Version {dataset.Version} of dataset {dataset.Name}, of {dataset.Created:yyyy-MM-dd HH:mm}: {dataset.Rows:N0} rows, "
            + $"{dataset.Columns.Count:N0} columns{(dataset.Label is { } label ? $", label {label}" : "")}."));
        page.Section("Columns");
        page.Table("Columns", new DistributionChart(Title, [.. columns.Select(Brief)]).Table().Select(row => row.SkipLast(1)));
        page.Section("Distributions");
        page.Panels(columns.Select(c => new ColumnChart(c)));
        if (correlations.Count > 0)
        {
            var chart = new CorrelationChart(correlations);
            page.Section("Correlations");
            page.Figure(chart);
            page.Table(chart.Title, chart.Table());
        }
        return page.ToString();
    }

    /// <summary>Without the quantiles that are the least and the greatest value, which stand beside them.</summary>
    static ColumnSummary Brief(ColumnSummary column) =>
        column with { Quantiles = column.Quantiles?.Where(q => q.Probability is > 0 and < 1).ToList() };
}
