using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Get, "RedisTrainingMetric")]
[OutputType(typeof(TrainingMetric))]
public sealed class GetRedisTrainingMetricCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string Id { get; set; } = "";

    [Parameter(Position = 1)]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var store = new RunStore(connection);
        _ = await store.GetAsync(Id, cancellation).ConfigureAwait(false);
        var isWanted = NamePattern.AnyOf(Name);
        foreach (var metric in await store.MetricsAsync(Id, cancellation).ConfigureAwait(false))
            if (isWanted(metric.Name)) PostObject(metric);
    });
}
