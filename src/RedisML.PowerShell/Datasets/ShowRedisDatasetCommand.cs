using System.Management.Automation;
using RedisML.Charts;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Show, "RedisDataset", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowRedisDatasetCommand : ChartCmdlet
{
    /// <summary>The width of the longest bar in the terminal, in characters.</summary>
    const int BarWidth = 28;

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
    [ValidateRange(1, 1000)]
    public int? Bin { get; set; }

    [Parameter]
    [ValidateRange(1, 1000)]
    public int Top { get; set; } = 8;

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
            var options = new SummaryOptions { Columns = ColumnPatterns.Matching(dataset, Column), Bins = Bin, Top = Top };
            var statistics = new DatasetSummary(connection);
            var columns = await statistics.RunAsync(dataset, options, rows, cancellation).ConfigureAwait(false);
            if (path is null)
            {
                foreach (var line in columns.SelectMany(Lines)) PostObject(line);
                return;
            }
            var correlations = Chart.FormatOf(path) != ChartFormat.Html ? []
                : await statistics.CorrelateAsync(dataset, options, cancellation).ConfigureAwait(false);
            await PostFileAsync(new DatasetReport(dataset, columns, correlations), path, cancellation).ConfigureAwait(false);
        });
    }

    /// <summary>A column's name and counts, and bars below.</summary>
    static IEnumerable<string> Lines(ColumnSummary column)
    {
        yield return $"{column.Column} ({column.Type}): {column.Count:N0} values, {column.Missing:N0} missing, "
            + $"{column.Distinct:N0} different";
        foreach (var line in (column.HistogramBars(BarWidth) ?? column.TopBars(BarWidth))?.Split('\n') ?? []) yield return line;
        yield return "";
    }
}
