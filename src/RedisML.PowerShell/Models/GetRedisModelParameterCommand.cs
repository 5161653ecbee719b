using System.Management.Automation;
using RedisML.Models;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Get, "RedisModelParameter")]
[OutputType(typeof(ModelParameter))]
public sealed class GetRedisModelParameterCommand : ModelCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ModelParameterNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Version { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var models = new ModelStore(connection);
        foreach (var model in await FindAsync(models, Model, Version, cancellation).ConfigureAwait(false))
        {
            var parameters = await models.ReadParametersAsync(model, Match(model, Name), cancellation).ConfigureAwait(false);
            foreach (var (name, value) in parameters) PostObject(new ModelParameter(model.Name, name, value));
        }
    });
}
