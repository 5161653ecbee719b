using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>How the values of one column lie.</summary>
sealed class ColumnChart(ColumnSummary column) : Chart
{
    public override string Title => column.Column;

    public override string Description
    {
        get
        {
            var kind = column.Histogram is not null ? "Histogram" : column.Top is [_, ..] ? "The most frequent values" : "Counts";
            var tails = DistributionPanel.Tails(column);
            return $"{kind} of {column.Column}: {DistributionPanel.Counts(column)}{(tails.Length > 0 ? "; " : "")}{tails}.";
        }
    }

    public override (int Width, int Height) Size => (DistributionPanel.Width, DistributionPanel.Height);

    public override void Draw(ChartCanvas canvas) => DistributionPanel.Draw(canvas, column, 0, 0);

    internal override IEnumerable<IEnumerable<string>> Table()
    {
        yield return [column.Histogram is null ? "Value" : "Values", "Rows", "Share"];
        foreach (var bin in column.Histogram ?? []) yield return Row(column.Label(bin), bin.Rows);
        if (column.Histogram is null)
            foreach (var value in column.Top ?? []) yield return Row(ValueLabel.Of(value.Value!), value.Rows);
    }

    string[] Row(string label, long rows) =>
    [
        label, rows.ToString("N0", CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * rows / Math.Max(1, column.Count):0.##} %"),
    ];
}
