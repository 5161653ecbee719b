using System.Management.Automation;
using System.Management.Automation.Host;
using RedisML.Charts;
using RedisML.PowerShell.Cmdlets;
using RedisML.Training.Charts;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Show, "RedisTrainingMetric", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Show-RedisTrainingMetric.md")]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowRedisTrainingMetricCommand : ChartCmdlet
{
    const int DefaultWidth = 80;

    /// <summary>How often it is looked at how a run goes on.</summary>
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    readonly List<string> _ids = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(MetricNameCompleter))]
    public string[]? Name { get; set; }

    [Parameter]
    [ValidateRange(3, 100)]
    public int Height { get; set; } = 12;

    [Parameter]
    public SwitchParameter Watch { get; set; }

    protected override void ProcessRecord() => _ids.AddRange(Id);

    protected override void EndProcessing()
    {
        if (_ids.Count == 0) return;
        var path = ChartPath();
        if (path is not null && !ShouldProcess(path, $"Draw training run '{string.Join("', '", _ids)}'")) return;
        int width = Host.UI?.RawUI is { } screen && TryWidth(screen) is > 20 and var known ? known - 1 : DefaultWidth;
        bool isReport = path is not null && Chart.FormatOf(path) == ChartFormat.Html;
        Run(async (connection, cancellation) =>
        {
            var reader = new MetricRunReader(connection, Name) { TakesAll = isReport };
            var ids = await reader.ResolveAsync(_ids, cancellation).ConfigureAwait(false);
            if (Watch) await WatchAsync(reader, ids, width, cancellation).ConfigureAwait(false);
            var (runs, _) = await ReadAsync(reader, ids, cancellation).ConfigureAwait(false);
            MetricRunReader.DemandCurves(runs);
            var chart = new MetricReport(runs);
            if (path is not null) await PostFileAsync(chart, path, cancellation).ConfigureAwait(false);
            else if (!Watch) foreach (var line in TerminalChart.Draw(chart.Whole, width, Height)) PostObject(line);
        });
    }

    /// <summary>Shows how the runs go on, until all have ended.</summary>
    async Task WatchAsync(MetricRunReader reader, IReadOnlyList<string> ids, int width, CancellationToken cancellation)
    {
        var live = new LiveLines(Host);
        using var timer = new PeriodicTimer(s_interval);
        bool goesOn;
        do
        {
            (var runs, goesOn) = await ReadAsync(reader, ids, cancellation).ConfigureAwait(false);
            if (!live.IsTerminal)
            {
                foreach (var line in live.New(runs)) PostObject(line);
            }
            else
            {
                var lines = runs.Any(r => r.Curves.Any(c => c.Points.Count > 0))
                    ? TerminalChart.Draw(new MetricReport(runs).Whole, width, Height)
                    : ["Nothing is measured yet."];
                Post(() => live.Redraw(lines));
            }
        }
        while (goesOn && await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
    }

    static async Task<(IReadOnlyList<MetricRun> Runs, bool GoesOn)> ReadAsync(
        MetricRunReader reader, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var runs = new List<MetricRun>();
        bool anyGoesOn = false;
        foreach (var id in ids)
        {
            var (run, goesOn) = await reader.ReadAsync(id, cancellation).ConfigureAwait(false);
            runs.Add(run);
            anyGoesOn |= goesOn;
        }
        return (runs, anyGoesOn);
    }

    static int TryWidth(PSHostRawUserInterface screen)
    {
        try
        {
            return screen.BufferSize.Width;
        }
        catch (Exception e) when (e is HostException or NotSupportedException or NotImplementedException or IOException)
        {
            return 0;
        }
    }
}
