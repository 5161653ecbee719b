using System.Management.Automation;
using RedisML.Datasets;

namespace RedisML.PowerShell;

[Cmdlet(VerbsDiagnostic.Measure, "RedisDataset")]
[OutputType(typeof(ColumnSummary))]
public sealed class MeasureRedisDatasetCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Version { get; set; }

    protected override void ProcessRecord()
    {
        var rows = new LatestProgress<long>();
        long total = 0;
        Run($"Measuring dataset '{Name}'", () => new($"{rows.Value:N0} rows", (double)rows.Value / Math.Max(1, total)), async (connection, cancellation) =>
        {
            var dataset = await new DatasetStore(connection).GetAsync(Name, Version, cancellation).ConfigureAwait(false);
            total = dataset.Rows;
            foreach (var column in await new DatasetSummary(connection).RunAsync(dataset, rows, cancellation).ConfigureAwait(false)) PostObject(column);
        });
    }
}
