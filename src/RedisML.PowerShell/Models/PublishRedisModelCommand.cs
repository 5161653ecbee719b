using System.Collections;
using System.Globalization;
using System.Management.Automation;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsData.Publish, "RedisModel", SupportsShouldProcess = true, DefaultParameterSetName = MoveSet,
    HelpUri = HelpPage.Folder + "Publish-RedisModel.md")]
[OutputType(typeof(Model))]
public sealed class PublishRedisModelCommand : ModelCmdlet
{
    const string MoveSet = "Alias", RollbackSet = "Rollback", RemoveSet = "RemoveAlias";

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = MoveSet)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter(ParameterSetName = MoveSet)]
    [Parameter(Mandatory = true, ParameterSetName = RollbackSet)]
    [ArgumentCompleter(typeof(ModelAliasCompleter))]
    public string? Alias { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = RollbackSet)]
    public SwitchParameter Rollback { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = RemoveSet)]
    [ArgumentCompleter(typeof(ModelAliasCompleter))]
    public string? RemoveAlias { get; set; }

    [Parameter(ParameterSetName = MoveSet)]
    [Parameter(ParameterSetName = RemoveSet)]
    [ValidateRange(0, long.MaxValue)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? IfVersion { get; set; }

    [Parameter]
    public string? Reason { get; set; }

    [Parameter(ParameterSetName = MoveSet)]
    [AllowEmptyString]
    public string? Description { get; set; }

    [Parameter(ParameterSetName = MoveSet)]
    public IDictionary? Tag { get; set; }

    protected override void ProcessRecord()
    {
        if (ParameterSetName == MoveSet && Alias is null && Description is null && Tag is null)
            Fail(new("NothingToPublish", ErrorKind.InvalidArgument, "Give -Alias, -Description or -Tag: there is nothing to publish.",
                Name));
        Model model = null!;
        Run(async (connection, cancellation) =>
            model = await new ModelStore(connection).GetAsync(ModelReference.Parse(Name, Version), cancellation).ConfigureAwait(false));
        if (!ShouldProcess($"{model.Name}{ModelReference.Separator}{model.Version}", Action())) return;
        Run(async (connection, cancellation) =>
        {
            var models = new ModelStore(connection);
            var shown = new ModelReference(model.Name, model.Version);
            if (ParameterSetName == RollbackSet)
            {
                await models.RollBackAliasAsync(model.Name, Alias!, Caller, Reason, cancellation).ConfigureAwait(false);
                shown = new(model.Name) { Alias = Alias };
            }
            else if (ParameterSetName == RemoveSet)
            {
                // One that isn't there is an error, which names those that are; what is no alias at all has one of its own.
                if (ModelReference.IsAlias(RemoveAlias!))
                    _ = await models.GetAsync(ModelReference.Parse($"{model.Name}{ModelReference.Separator}{RemoveAlias}"), cancellation)
                        .ConfigureAwait(false);
                await models.MoveAliasAsync(model.Name, RemoveAlias!, null, IfVersion, Caller, Reason, cancellation).ConfigureAwait(false);
            }
            else
            {
                if (Description is not null || Tag is not null)
                    await models.DescribeAsync(model, Description, Tags(), cancellation).ConfigureAwait(false);
                if (Alias is not null)
                    await models.MoveAliasAsync(model.Name, Alias, model.Version, IfVersion, Caller, Reason, cancellation)
                        .ConfigureAwait(false);
            }
            PostObject(await models.GetAsync(shown, cancellation).ConfigureAwait(false));
        });
    }

    string Action() => ParameterSetName switch
    {
        RollbackSet => $"Move alias '{Alias}' back to the version before",
        RemoveSet => $"Remove alias '{RemoveAlias}'",
        _ => string.Join(", ", new[]
        {
            Alias is null ? null : $"Move alias '{Alias}' here",
            Description is null ? null : "Set the description",
            Tag is null ? null : "Set the tags",
        }.OfType<string>()),
    };

    Dictionary<string, string>? Tags() => Tag?.Cast<DictionaryEntry>().ToDictionary(
        entry => $"{entry.Key}", entry => Convert.ToString((entry.Value as PSObject)?.BaseObject
            ?? entry.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);
}
