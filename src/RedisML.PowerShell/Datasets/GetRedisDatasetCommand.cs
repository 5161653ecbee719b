using System.Management.Automation;
using RedisML.Datasets;

namespace RedisML.PowerShell;

[Cmdlet(VerbsCommon.Get, "RedisDataset")]
[OutputType(typeof(Dataset))]
public sealed class GetRedisDatasetCommand : RedisMLCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public long? Version { get; set; }

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var store = new DatasetStore(connection);
        foreach (var name in Name)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var wildcard = new WildcardPattern(name, WildcardOptions.IgnoreCase);
                foreach (var dataset in await store.ListAsync(wildcard.IsMatch, cancellation).ConfigureAwait(false)) PostObject(dataset);
                continue;
            }
            try
            {
                PostObject(await store.GetAsync(name, Version, cancellation).ConfigureAwait(false));
            }
            catch (RedisMLException e) when (e.Kind == ErrorKind.ObjectNotFound)
            {
                PostError(e);
            }
        }
    });
}
