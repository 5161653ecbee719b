using System.Management.Automation;
using RedisML.Training;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Join, "RedisDistributedTraining", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Join-RedisDistributedTraining.md")]
[OutputType(typeof(TrainingJob), typeof(TrainingRun))]
public sealed class JoinRedisDistributedTrainingCommand : OtherTrainingCmdlet
{
    protected override void ProcessRecord()
    {
        if (ShouldProcess(Id, "Join training run"))
            Train($"Joining training run '{Id}'", Id, (connection, cancellation) =>
                ModelTraining.JoinAsync(connection, Id, WorkerCount, cancellation, AllowedScript(connection)));
    }
}
