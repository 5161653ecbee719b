using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.Runs;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsLifecycle.Stop, "RedisDistributedTraining", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Stop-RedisDistributedTraining.md")]
public sealed class StopRedisDistributedTrainingCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string[] Id { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var id in Id)
        {
            if (!ShouldProcess(id, "Stop training run")) continue;
            Run(async (connection, cancellation) =>
            {
                try
                {
                    if (!await new RunStore(connection).StopAsync(id, cancellation).ConfigureAwait(false))
                        PostVerbose($"Training run '{id}' had ended already.");
                }
                catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
                {
                    PostError(e);
                }
            });
        }
    }
}
