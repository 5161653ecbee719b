using System.Management.Automation;
using RedisML.Charts;
using RedisML.Datasets;
using RedisML.Datasets.Statistics;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>A cmdlet that measures columns of a dataset, and shows them or draws them into a file.</summary>
public abstract class DatasetChartCmdlet : ChartCmdlet
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

    /// <summary>What is measured, but for the columns.</summary>
    private protected abstract SummaryOptions Options { get; }

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
            var options = Options with { Columns = ColumnPatterns.Matching(dataset, Column) };
            var statistics = new DatasetSummary(connection);
            var columns = await statistics.RunAsync(dataset, options, rows, cancellation).ConfigureAwait(false);
            if (path is null)
            {
                foreach (var column in columns) PostColumn(column);
                return;
            }
            var correlations = DrawsCorrelations && Chart.FormatOf(path) == ChartFormat.Html
                ? await statistics.CorrelateAsync(dataset, options, cancellation).ConfigureAwait(false) : [];
            await PostFileAsync(Draw(dataset, columns, correlations), path, cancellation).ConfigureAwait(false);
        });
    }

    /// <summary>Whether a page shows how numeric columns go together.</summary>
    private protected virtual bool DrawsCorrelations => false;

    /// <summary>Shows a column, from within the work.</summary>
    private protected abstract void PostColumn(ColumnSummary column);

    private protected abstract Chart Draw(
        Dataset dataset, IReadOnlyList<ColumnSummary> columns, IReadOnlyList<ColumnCorrelation> correlations);
}
