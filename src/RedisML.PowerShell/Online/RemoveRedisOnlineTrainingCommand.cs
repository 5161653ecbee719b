using System.Management.Automation;
using RedisML.Errors;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

[Cmdlet(VerbsCommon.Remove, "RedisOnlineTraining", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Remove-RedisOnlineTraining.md")]
public sealed class RemoveRedisOnlineTrainingCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OnlineTrainingCompleter))]
    public string[] Model { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var model in Model)
        {
            if (!ShouldProcess(model, "Remove online training")) continue;
            Run(async (connection, cancellation) =>
            {
                try
                {
                    await new OnlineTrainings(connection).RemoveAsync(model, cancellation).ConfigureAwait(false);
                }
                catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
                {
                    PostError(e);
                }
            });
        }
    }
}
