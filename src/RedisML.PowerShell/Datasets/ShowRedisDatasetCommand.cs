using System.Management.Automation;
using RedisML.Charts;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Show, "RedisDataset", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Show-RedisDataset.md")]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowRedisDatasetCommand : DatasetChartCmdlet
{
    /// <summary>The width of the longest bar in the terminal, in characters.</summary>
    const int BarWidth = 28;

    [Parameter]
    [ValidateRange(1, 1000)]
    public int? Bin { get; set; }

    [Parameter]
    [ValidateRange(1, 1000)]
    public int Top { get; set; } = 8;

    private protected override SummaryOptions Options => new() { Bins = Bin, Top = Top };

    private protected override bool DrawsCorrelations => true;

    /// <summary>A column's name and counts, and bars below.</summary>
    private protected override void PostColumn(ColumnSummary column)
    {
        PostObject($"{column.Column} ({column.Type}): {column.Count:N0} values, {column.Missing:N0} missing, "
            + $"{column.Distinct:N0} different");
        foreach (var line in (column.HistogramBars(BarWidth) ?? column.TopBars(BarWidth))?.Split('\n') ?? []) PostObject(line);
        PostObject("");
    }

    private protected override Chart Draw(
        Dataset dataset, IReadOnlyList<ColumnSummary> columns, IReadOnlyList<ColumnCorrelation> correlations) =>
        new DatasetReport(dataset, columns, correlations);
}
