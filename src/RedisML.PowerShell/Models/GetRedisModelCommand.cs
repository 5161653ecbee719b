using System.Management.Automation;
using RedisML.Models;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Get, "RedisModel")]
[OutputType(typeof(Model))]
public sealed class GetRedisModelCommand : ModelCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public long? Version { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        foreach (var model in await FindAsync(new(connection), Name, Version, cancellation).ConfigureAwait(false)) PostObject(model);
    });
}
