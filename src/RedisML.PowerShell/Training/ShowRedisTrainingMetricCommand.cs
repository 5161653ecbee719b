using System.Management.Automation;
using System.Management.Automation.Host;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Charts;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Show, "RedisTrainingMetric", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Show-RedisTrainingMetric.md")]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowRedisTrainingMetricCommand : ChartCmdlet
{
    const int DefaultWidth = 80;

    /// <summary>What is drawn unless names are given: the loss, beside that of the validation rows where there are any.</summary>
    static readonly string[] s_usual = ["loss", "validationLoss"];

    readonly List<string> _ids = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(MetricNameCompleter))]
    public string[]? Name { get; set; }

    [Parameter]
    [ValidateRange(3, 100)]
    public int Height { get; set; } = 12;

    protected override void ProcessRecord() => _ids.AddRange(Id);

    protected override void EndProcessing()
    {
        if (_ids.Count == 0) return;
        var path = ChartPath();
        var names = Name ?? s_usual;
        if (path is not null && !ShouldProcess(path, $"Draw '{string.Join("', '", names)}' of training run '{string.Join("', '", _ids)}'"))
            return;
        int width = Host.UI?.RawUI is { } screen && TryWidth(screen) is > 20 and var known ? known - 1 : DefaultWidth;
        Run(async (connection, cancellation) =>
        {
            var runs = new List<(string Model, string Id, IReadOnlyList<MetricSeries> Curves)>();
            foreach (var id in _ids.Distinct())
            {
                // Of an online training, or of a run.
                var online = await new OnlineTrainings(connection).FindByIdAsync(id, cancellation).ConfigureAwait(false);
                string model = online?.Model
                    ?? (await new TrainingStore(connection).GetAsync(id, cancellation).ConfigureAwait(false)).Model;
                runs.Add((model, online?.Id ?? id, await ReadAsync(connection, id, names, cancellation).ConfigureAwait(false)));
            }
            var chart = Draw(runs);
            if (path is not null) await PostFileAsync(chart, path, cancellation).ConfigureAwait(false);
            else foreach (var line in TerminalChart.Draw(chart, width, Height)) PostObject(line);
        });
    }

    /// <summary>The curves of a run: all that were asked for by name, or those of the usual ones that there are.</summary>
    async Task<IReadOnlyList<MetricSeries>> ReadAsync(
        RedisMLConnection connection, string id, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var metrics = await new OnlineTrainings(connection).FindMetricsAsync(id, cancellation).ConfigureAwait(false)
            ?? await new RunStore(connection).MetricsAsync(id, cancellation).ConfigureAwait(false);
        var known = metrics.Select(m => m.Name).Distinct().ToList();
        if (known.Count == 0)
        {
            throw new RedisMLException("NoMetric", ErrorKind.ObjectNotFound,
                $"Training run '{id}' has no metrics: nothing was measured while it ran, as of a linear model, which is solved at once. "
                + "Test-RedisModel says how good the model is.", id);
        }
        var wanted = Name is null ? names.Where((name, i) => i == 0 || known.Contains(name)) : names;
        return [.. wanted.Select(name => known.Contains(name)
            ? new MetricSeries(name, metrics.Where(m => m.Name == name))
            : throw NearestName.NotFound("MetricNotFound", $"metric of training run '{id}' called", name, known))];
    }

    static MetricChart Draw(List<(string Model, string Id, IReadOnlyList<MetricSeries> Curves)> runs)
    {
        var names = runs.SelectMany(r => r.Curves).Select(c => c.Name).Distinct().ToList();
        var value = string.Join(", ", names);
        if (runs is [var (model, id, curves)]) return new($"{value} of {model}, run {id}", value, curves);
        var title = $"{value} of {string.Join(", ", runs.Select(r => r.Model).Distinct())}, {runs.Count} runs";
        return new(title, value,
            runs.SelectMany(r => r.Curves.Select(c => c with { Name = names.Count == 1 ? r.Id : $"{r.Id} {c.Name}" })));
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
