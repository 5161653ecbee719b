using System.Management.Automation;
using RedisML.Training;

namespace RedisML.PowerShell.Training;

[Cmdlet(VerbsCommon.Join, "RedisDistributedTraining", SupportsShouldProcess = true)]
[OutputType(typeof(TrainingJob), typeof(TrainingRun))]
public sealed class JoinRedisDistributedTrainingCommand : TrainingJobCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string Id { get; set; } = "";

    protected override void ProcessRecord()
    {
        if (ShouldProcess(Id, "Join training run"))
            Train($"Joining training run '{Id}'", Id, (connection, cancellation) => ModelTraining.JoinAsync(connection, Id, WorkerCount, cancellation, ScriptHost.Of));
    }
}
