using System.Management.Automation;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Get, "RedisModelParameter", DefaultParameterSetName = ExpandSet)]
[OutputType(typeof(ModelParameter), typeof(ModelParameterElement))]
public sealed class GetRedisModelParameterCommand : ModelCmdlet
{
    const string ExpandSet = "Expand", SliceSet = "Slice";

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

    [Parameter(ParameterSetName = ExpandSet)]
    public SwitchParameter Expand { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = SliceSet)]
    [ValidateNotNullOrEmpty]
    public string? Slice { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var models = new ModelStore(connection);
        var slice = Slice is null ? null : TensorSlice.Parse(Slice);
        foreach (var model in await FindAsync(models, Model, Version, cancellation).ConfigureAwait(false))
        {
            var names = Match(model, Name);
            if (slice is not null)
            {
                foreach (var name in names)
                    PostObject(new ModelParameter(model.Name, name,
                        await models.ReadSliceAsync(model, name, slice, cancellation).ConfigureAwait(false)));
                continue;
            }
            if (Expand)
            {
                // What a number belongs to follows from all parameters together.
                var all = await models.ReadParametersAsync(model, null, cancellation).ConfigureAwait(false);
                foreach (var element in ModelFamilies.Explain(model, all.ToDictionary(StringComparer.Ordinal))
                    .Where(e => names.Contains(e.Name, StringComparer.Ordinal)))
                    PostObject(new ModelParameterElement(model.Name, element));
                continue;
            }
            var parameters = await models.ReadParametersAsync(model, names, cancellation).ConfigureAwait(false);
            foreach (var (name, value) in parameters) PostObject(new ModelParameter(model.Name, name, value));
        }
    });
}
