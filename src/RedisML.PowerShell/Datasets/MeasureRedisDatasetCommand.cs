using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsDiagnostic.Measure, "RedisDataset", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Measure-RedisDataset.md")]
[OutputType(typeof(ColumnSummary), typeof(FileInfo))]
public sealed class MeasureRedisDatasetCommand : ChartCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DatasetVersionCompleter))]
    public long? Version { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] Column { get; set; } = ["*"];

    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double[] Quantile { get; set; } = [0, 0.25, 0.5, 0.75, 1];

    [Parameter]
    [ValidateRange(0, 1000)]
    public int? Bin { get; set; }

    [Parameter]
    [ValidateRange(0, 1000)]
    public int Top { get; set; } = 5;

    protected override void ProcessRecord()
    {
        var path = ChartPath();
        if (path is not null && !ShouldProcess(path, $"Draw dataset '{Name}'")) return;
        var rows = new LatestProgress<long>();
        long total = 0;
        Run($"Measuring dataset '{Name}'", () =>
            new($"{rows.Value:N0} rows", (double)rows.Value / Math.Max(1, total)), async (connection, cancellation) =>
        {
            var dataset = await new DatasetStore(connection).GetAsync(Name, Version, cancellation).ConfigureAwait(false);
            total = dataset.Rows;
            var options =
                new SummaryOptions { Columns = ColumnPatterns.Matching(dataset, Column), Quantiles = Quantile, Bins = Bin, Top = Top };
            var summaries = await new DatasetSummary(connection).RunAsync(dataset, options, rows, cancellation).ConfigureAwait(false);
            if (path is not null) await PostFileAsync(new DistributionChart($"{dataset.Name}, {dataset.Rows:N0} rows", summaries), path,
                cancellation).ConfigureAwait(false);
            else foreach (var column in summaries) PostObject(column);
        });
    }
}
