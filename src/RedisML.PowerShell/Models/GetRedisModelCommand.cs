using System.Management.Automation;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsCommon.Get, "RedisModel", DefaultParameterSetName = VersionSet, HelpUri = HelpPage.Folder + "Get-RedisModel.md")]
[OutputType(typeof(Model), ParameterSetName = [VersionSet, AllSet])]
[OutputType(typeof(AliasMove), ParameterSetName = [HistorySet])]
public sealed class GetRedisModelCommand : ModelCmdlet
{
    const string VersionSet = "Version", AllSet = "AllVersion", HistorySet = "History";

    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    [Parameter(ParameterSetName = VersionSet)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AllSet)]
    public SwitchParameter AllVersion { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = HistorySet)]
    public SwitchParameter History { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var models = new ModelStore(connection);
        foreach (var model in await FindAsync(models, Name, Version, cancellation).ConfigureAwait(false))
        {
            if (ParameterSetName == VersionSet)
                PostObject(model);
            else if (ParameterSetName == AllSet)
                foreach (var version in await models.VersionsAsync(model.Name, cancellation).ConfigureAwait(false)) PostObject(version);
            else
                foreach (var move in await models.HistoryAsync(model.Name, cancellation).ConfigureAwait(false)) PostObject(move);
        }
    });
}
