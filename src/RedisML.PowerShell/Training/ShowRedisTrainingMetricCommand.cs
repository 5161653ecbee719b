using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;
using RedisML.Training.Charts;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Show, "RedisTrainingMetric", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowRedisTrainingMetricCommand : ChartCmdlet
{
    const int DefaultWidth = 80;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string Id { get; set; } = "";

    [Parameter(Position = 1)]
    public string Name { get; set; } = "loss";

    [Parameter]
    [ValidateRange(3, 100)]
    public int Height { get; set; } = 12;

    protected override void ProcessRecord()
    {
        var path = ChartPath();
        if (path is not null && !ShouldProcess(path, $"Draw '{Name}' of training run '{Id}'")) return;
        int width = Host.UI?.RawUI is { } screen && TryWidth(screen) is > 20 and var known ? known - 1 : DefaultWidth;
        Run(async (connection, cancellation) =>
        {
            var store = new RunStore(connection);
            var run = await store.GetAsync(Id, cancellation).ConfigureAwait(false);
            var metrics = await store.MetricsAsync(Id, cancellation).ConfigureAwait(false);
            if (!metrics.Any(m => m.Name == Name))
                throw NearestName.NotFound("MetricNotFound", $"metric of training run '{Id}' called", Name, metrics.Select(m => m.Name).Distinct());
            var chart = new MetricChart($"{Name} of {run.Model}, run {Id}", metrics.Where(m => m.Name == Name));
            if (path is not null) await PostFileAsync(chart, path, cancellation).ConfigureAwait(false);
            else foreach (var line in TerminalChart.Draw(chart, width, Height)) PostObject(line);
        });
    }

    static int TryWidth(System.Management.Automation.Host.PSHostRawUserInterface screen)
    {
        try
        {
            return screen.BufferSize.Width;
        }
        catch (Exception e) when (e is System.Management.Automation.Host.HostException or NotSupportedException or NotImplementedException or IOException)
        {
            return 0;
        }
    }
}
