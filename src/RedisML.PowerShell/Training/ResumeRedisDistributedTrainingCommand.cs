using System.Management.Automation;
using RedisML.Training;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsLifecycle.Resume, "RedisDistributedTraining", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Resume-RedisDistributedTraining.md")]
[OutputType(typeof(TrainingJob), typeof(TrainingRun))]
public sealed class ResumeRedisDistributedTrainingCommand : OtherTrainingCmdlet
{
    protected override void ProcessRecord()
    {
        if (ShouldProcess(Id, "Resume training run"))
            Train($"Resuming training run '{Id}'", Id, (connection, cancellation) =>
                ModelTraining.ResumeAsync(connection, Id, WorkerCount, cancellation, AllowedScript(connection)));
    }
}
