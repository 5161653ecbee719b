using System.Management.Automation;
using RedisML.Datasets;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Get, "RedisDataset", HelpUri = HelpPage.Folder + "Get-RedisDataset.md")]
[OutputType(typeof(Dataset))]
public sealed class GetRedisDatasetCommand : RedisMLCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    [ArgumentCompleter(typeof(DatasetVersionCompleter))]
    public long? Version { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var store = new DatasetStore(connection);
        foreach (var dataset in await FindAsync(Name, () => store.NamesAsync(cancellation), name =>
            store.GetAsync(name, Version, cancellation)).ConfigureAwait(false))
            PostObject(dataset);
    });
}
