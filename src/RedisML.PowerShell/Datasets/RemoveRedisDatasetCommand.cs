using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Remove, "RedisDataset", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Remove-RedisDataset.md")]
public sealed class RemoveRedisDatasetCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var name in Name.SelectMany(Expand))
        {
            if (!ShouldProcess(name, "Remove dataset")) continue;
            Run(async (connection, cancellation) =>
            {
                var store = new DatasetStore(connection);
                if (!await store.RemoveAsync(name, cancellation, Force).ConfigureAwait(false))
                    PostError(NearestName.NotFound("DatasetNotFound", "dataset", name, await store.NamesAsync(cancellation)
                        .ConfigureAwait(false)));
            });
        }
    }

    IReadOnlyList<string> Expand(string pattern)
    {
        if (!NamePattern.HasWildcards(pattern)) return [pattern];
        IReadOnlyList<string> names = [];
        Run(async (connection, cancellation) =>
            names = [.. (await new DatasetStore(connection).NamesAsync(cancellation).ConfigureAwait(false)).Matching(pattern)]);
        return names;
    }
}
