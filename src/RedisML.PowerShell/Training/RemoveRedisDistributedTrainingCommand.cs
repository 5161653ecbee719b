using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Remove, "RedisDistributedTraining", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Remove-RedisDistributedTraining.md")]
public sealed class RemoveRedisDistributedTrainingCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string[] Id { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var id in Id)
        {
            if (!ShouldProcess(id, "Remove training run")) continue;
            Run(async (connection, cancellation) =>
            {
                var store = new RunStore(connection);
                try
                {
                    if (await store.RemoveAsync(id, cancellation).ConfigureAwait(false)) return;
                    PostError(NearestName.NotFound("TrainingRunNotFound", "training run", id, await store.ListAsync(cancellation)
                        .ConfigureAwait(false)));
                }
                catch (RedisMLException e) when (e.ErrorId == "RunActive")
                {
                    PostError(e);
                }
            });
        }
    }
}
