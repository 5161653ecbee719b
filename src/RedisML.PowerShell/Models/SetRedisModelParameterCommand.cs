using System.Collections;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Set, "RedisModelParameter", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSet,
    HelpUri = HelpPage.Folder + "Set-RedisModelParameter.md")]
[OutputType(typeof(ModelParameter))]
public sealed class SetRedisModelParameterCommand : RedisMLCmdlet
{
    const string ValueSet = "Value";
    const string ParameterSet = "Parameter";

    readonly OrderedDictionary<string, OrderedDictionary<string, ReducedParameter>> _models = new(StringComparer.Ordinal);

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
    public SwitchParameter Add { get; set; }

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? IfVersion { get; set; }

    [Parameter]
    public ParameterPrecision Precision { get; set; }

    [Parameter]
    public ParameterCompression Compression { get; set; }

    [Parameter]
    public TimeSpan? TimeToLive { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            if (TimeToLive <= TimeSpan.Zero)
                throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument, $"A time to live is positive, and not {TimeToLive}.",
                    TimeToLive);
            if (Add && Precision != ParameterPrecision.Full)
                throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument,
                    "-Add adds in the type that a parameter has; -Precision goes with what is set.", Precision);
            if (ParameterSetName == ValueSet) Collect(Name, Value);
            else foreach (DictionaryEntry entry in Parameter) Collect(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value);
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
            if (!ShouldProcess(model, $"{(Add ? "Add to" : "Set")} {string.Join(", ", parameters.Keys)}")) continue;
            KeyValuePair<string, ParameterValue>[] values = [.. parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.Value))];
            var change = new ParameterChange
            {
                Set = Add ? [] : values,
                Add = Add ? values : [],
                IfVersion = IfVersion,
                Storage = new() { Compression = Compression, TimeToLive = TimeToLive },
            };
            Run(async (connection, cancellation) =>
            {
                var models = new ModelStore(connection);
                var changed = await models.ChangeParametersAsync(model, change, cancellation).ConfigureAwait(false);
                if (!PassThru) return;
                var stored = await models.ReadParametersAsync(changed, parameters.Keys, cancellation).ConfigureAwait(false);
                foreach (var (name, value) in stored)
                {
                    PostObject(new ModelParameter(model, name, value)
                    {
                        MaximumError = parameters[name].MaximumError,
                        RootMeanSquareError = parameters[name].RootMeanSquareError,
                    });
                }
            });
        }
    }

    void Collect(string name, object? value)
    {
        if (!_models.TryGetValue(Model, out var parameters)) _models.Add(Model, parameters = new(StringComparer.Ordinal));
        parameters[name] = RedisML.Models.Precision.Reduce(ParameterConverter.ToParameter(value, name), Precision, name);
    }
}
