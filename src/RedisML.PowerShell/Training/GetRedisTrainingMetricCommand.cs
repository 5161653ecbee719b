using System.Management.Automation;
using RedisML.Errors;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Get, "RedisTrainingMetric", HelpUri = HelpPage.Folder + "Get-RedisTrainingMetric.md")]
[OutputType(typeof(RunMetric))]
public sealed class GetRedisTrainingMetricCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string Id { get; set; } = "";

    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MetricNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var store = new RunStore(connection);
        var metrics = await new OnlineTrainings(connection).FindMetricsAsync(Id, cancellation).ConfigureAwait(false);
        if (metrics is null)
        {
            _ = await store.GetAsync(Id, cancellation).ConfigureAwait(false);
            metrics = await store.MetricsAsync(Id, cancellation).ConfigureAwait(false);
        }
        if (metrics.Count == 0)
            PostWarning($"Run '{Id}' has no metrics: one that is solved at once, as Linear is by its normal equations, takes no steps to " +
                "note, and one that has just begun has taken none yet.");
        var known = metrics.Select(metric => metric.Name).Distinct().ToList();
        foreach (var name in Name.Where(name => metrics.Count > 0 && !NamePattern.HasWildcards(name) && known.Matching(name).Count() == 0))
            PostError(NearestName.NotFound("MetricNotFound", $"metric of training run '{Id}' called", name, known));
        var isWanted = NamePattern.AnyOf(Name);
        foreach (var metric in metrics)
            if (isWanted(metric.Name)) PostObject(metric);
    });
}
