using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Get, "RedisDistributedTraining", HelpUri = HelpPage.Folder + "Get-RedisDistributedTraining.md")]
[OutputType(typeof(TrainingRun))]
public sealed class GetRedisDistributedTrainingCommand : RedisMLCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string[] Id { get; set; } = ["*"];

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Model { get; set; } = ["*"];

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var trainings = new TrainingStore(connection);
        var isWanted = NamePattern.AnyOf(Model);
        var runs = await FindAsync(Id, () => trainings.ListAsync(cancellation), id => trainings.GetAsync(id, cancellation))
            .ConfigureAwait(false);
        foreach (var run in runs.Where(run => isWanted(run.Model)).OrderBy(run => run.Started)) PostObject(run);
    });
}
