using System.Management.Automation;
using RedisML.Training;

namespace RedisML.PowerShell;

[Cmdlet(VerbsCommon.Show, "RedisTrainingMetric", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowRedisTrainingMetricCommand : RedisMLCmdlet
{
    const int DefaultWidth = 80;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string Id { get; set; } = "";

    [Parameter(Position = 1)]
    public string Name { get; set; } = "loss";

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter]
    [ValidateRange(3, 100)]
    public int Height { get; set; } = 12;

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var path = Path is null ? null : ResolvePath(Path);
        var format = path is null ? null : MetricChart.FormatOf(path);
        if (path is not null && format is null)
            Fail(new("UnknownChartFormat", ErrorKind.InvalidArgument, $"'{Path}' doesn't end in .svg, .html or .png.", Path));
        if (path is not null && !Force && File.Exists(path))
            Fail(new("FileExists", ErrorKind.ResourceExists, $"'{path}' exists; -Force replaces it.", path));
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
            if (path is null)
            {
                foreach (var line in TerminalChart.Draw(chart, width, Height)) PostObject(line);
                return;
            }
            await File.WriteAllBytesAsync(path, chart.ToFile(format!.Value), cancellation).ConfigureAwait(false);
            // From the provider it has the properties that the shell shows a file by.
            Post(() => WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true));
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
