using System.Management.Automation;
using RedisML.Connections;
using RedisML.Training.Scripts;

namespace RedisML.PowerShell.Training;

/// <summary>A cmdlet that makes this process work at a training run that may be another's.</summary>
public abstract class OtherTrainingCmdlet : TrainingJobCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("RunId")]
    [ArgumentCompleter(typeof(TrainingRunCompleter))]
    public string Id { get; set; } = "";

    [Parameter]
    public ScriptBlock? ScriptBlock { get; set; }

    [Parameter]
    public string? AllowScript { get; set; }

    /// <summary>What makes the run's script runnable, if the user allowed it, or the run is sealed: then only somebody with the key can
    /// have written it. Its <c>$using:</c> variables are read here,
    /// on the pipeline's thread.</summary>
    private protected Func<ScriptSpecification, ITrainingScript> AllowedScript(RedisMLConnection connection)
    {
        var own = ScriptBlock is null ? null : ScriptHost.Of(ScriptBlock, SessionState);
        return script => ScriptHost.Of(script, own, AllowScript ?? (connection.EncryptionKeyId is null ? null : script.Hash));
    }
}
