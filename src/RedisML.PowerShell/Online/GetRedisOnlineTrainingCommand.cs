using System.Management.Automation;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

[Cmdlet(VerbsCommon.Get, "RedisOnlineTraining", HelpUri = HelpPage.Folder + "Get-RedisOnlineTraining.md")]
[OutputType(typeof(OnlineTraining))]
public sealed class GetRedisOnlineTrainingCommand : RedisMLCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OnlineTrainingCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter Rejected { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var trainings = new OnlineTrainings(connection);
        foreach (var training in await FindAsync(Model, () => trainings.ListAsync(cancellation),
            name => trainings.GetAsync(name, cancellation)).ConfigureAwait(false))
        {
            if (!Rejected)
            {
                PostObject(training);
                continue;
            }
            foreach (var sample in await trainings.RejectedAsync(training, cancellation).ConfigureAwait(false)) PostObject(sample);
        }
    });
}
