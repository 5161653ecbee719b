using System.Management.Automation;
using RedisML.Charts;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsDiagnostic.Measure, "RedisDataset", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Measure-RedisDataset.md")]
[OutputType(typeof(ColumnSummary), typeof(FileInfo))]
public sealed class MeasureRedisDatasetCommand : DatasetChartCmdlet
{
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double[] Quantile { get; set; } = [0, 0.25, 0.5, 0.75, 1];

    [Parameter]
    [ValidateRange(0, 1000)]
    public int? Bin { get; set; }

    [Parameter]
    [ValidateRange(0, 1000)]
    public int Top { get; set; } = 5;

    private protected override SummaryOptions Options => new() { Quantiles = Quantile, Bins = Bin, Top = Top };

    private protected override void PostColumn(ColumnSummary column) => PostObject(column);

    private protected override Chart Draw(
        Dataset dataset, IReadOnlyList<ColumnSummary> columns, IReadOnlyList<ColumnCorrelation> correlations) =>
        new DistributionChart($"{dataset.Name}, {dataset.Rows:N0} rows", columns);
}
