using System.Collections;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Set, "RedisModelParameter", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSet)]
[OutputType(typeof(ModelParameter))]
public sealed class SetRedisModelParameterCommand : RedisMLCmdlet
{
    const string ValueSet = "Value";
    const string ParameterSet = "Parameter";

    readonly OrderedDictionary<string, OrderedDictionary<string, ParameterValue>> _models = new(StringComparer.Ordinal);

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ValueSet)]
    [ArgumentCompleter(typeof(ModelParameterNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true, ParameterSetName = ValueSet)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object Value { get; set; } = "";

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ParameterSet)]
    public IDictionary Parameter { get; set; } = new Hashtable();

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            if (ParameterSetName == ValueSet) Add(Name, Value);
            else foreach (DictionaryEntry entry in Parameter) Add(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value);
        }
        catch (RedisMLException e)
        {
            Fail(e);
        }
    }

    /// <summary>What came through the pipeline is written together, so that it is there at once or not at all.</summary>
    protected override void EndProcessing()
    {
        foreach (var (model, parameters) in _models)
        {
            if (!ShouldProcess(model, $"Set {string.Join(", ", parameters.Keys)}")) continue;
            Run(async (connection, cancellation) =>
            {
                await new ModelStore(connection).ChangeParametersAsync(model, parameters, [], cancellation).ConfigureAwait(false);
                if (!PassThru) return;
                foreach (var (name, value) in parameters) PostObject(new ModelParameter(model, name, value));
            });
        }
    }

    void Add(string name, object? value)
    {
        if (!_models.TryGetValue(Model, out var parameters)) _models.Add(Model, parameters = new(StringComparer.Ordinal));
        parameters[name] = ParameterConverter.ToParameter(value, name);
    }
}
