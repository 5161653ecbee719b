using System.Management.Automation;
using RedisML.Datasets;

namespace RedisML.PowerShell;

[Cmdlet(VerbsCommon.Split, "RedisDataset", SupportsShouldProcess = true)]
[OutputType(typeof(Dataset))]
public sealed class SplitRedisDatasetCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter]
    [ValidateRange(1e-6, 1 - 1e-6)]
    public double TestFraction { get; set; } = 0.2;

    [Parameter]
    public int Seed { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, $"Split into '{Name}-train' and '{Name}-test'")) return;
        var rows = new LatestProgress<long>();
        long total = 0;
        Run($"Splitting dataset '{Name}'", () => new($"{rows.Value:N0} rows", (double)rows.Value / Math.Max(1, total)), async (connection, cancellation) =>
        {
            var source = await new DatasetStore(connection).GetAsync(Name, null, cancellation).ConfigureAwait(false);
            total = source.Rows;
            var (train, test) = await new DatasetSplit(connection).RunAsync(source, TestFraction, Seed, Force, rows, cancellation).ConfigureAwait(false);
            PostObject(train);
            PostObject(test);
        });
    }
}
