using System.Management.Automation;
using RedisML.Models;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Remove, "RedisModel", SupportsShouldProcess = true)]
public sealed class RemoveRedisModelCommand : ModelCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        IReadOnlyList<Model> models = [];
        Run(async (connection, cancellation) => models = await FindAsync(new(connection), Name, null, cancellation).ConfigureAwait(false));
        foreach (var model in models)
        {
            if (!ShouldProcess(model.Name, "Remove model")) continue;
            Run((connection, cancellation) => new ModelStore(connection).RemoveAsync(model.Name, cancellation));
        }
    }
}
