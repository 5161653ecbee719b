using System.Management.Automation;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Get, "RedisModelParameter", DefaultParameterSetName = ExpandSet,
    HelpUri = HelpPage.Folder + "Get-RedisModelParameter.md")]
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
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
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
            if (model.Parameters.Count == 0) TellEmpty(model);
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
                var elements = ModelFamilies.Explain(model, all.ToDictionary(StringComparer.Ordinal))
                    .Where(e => names.Contains(e.Name, StringComparer.Ordinal)).ToList();
                foreach (var element in elements) PostObject(new ModelParameterElement(model.Name, element));
                if (elements.Count == 0 && names.Count > 0) PostError(NotNumeric(model, names));
                continue;
            }
            var parameters = await models.ReadParametersAsync(model, names, cancellation).ConfigureAwait(false);
            foreach (var (name, value) in parameters) PostObject(new ModelParameter(model.Name, name, value));
        }
    });

    /// <summary>Nobody is to wonder why nothing comes, unless models were asked by the dozen.</summary>
    void TellEmpty(Model model)
    {
        string text = $"Model '{model.Name}', version {model.Version}, has no parameters: what a model of {model.Algorithm} has learned "
            + "lies beside it, and is read by the cmdlets of such models.";
        if (Model.Any(NamePattern.HasWildcards)) PostVerbose(text);
        else PostWarning(text);
    }

    /// <summary>Text, and files of another program: nothing would be said of them.</summary>
    static RedisMLException NotNumeric(Model model, IReadOnlyList<string> names) => new("ParameterNotNumeric", ErrorKind.InvalidData,
        $"In '{string.Join("', '", names)}' of model '{model.Name}' there are no numbers of which is known what they are. "
        + "Without -Expand the parameters are given as they are.", model.Name);
}
