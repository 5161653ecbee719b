using System.Management.Automation;
using RedisML.Datasets;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

[Cmdlet(VerbsCommon.Set, "RedisDataset", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Set-RedisDataset.md")]
[OutputType(typeof(Dataset))]
public sealed class SetRedisDatasetCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Dataset")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? Label { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        var label = string.IsNullOrEmpty(Label) ? null : Label;
        IReadOnlyList<Dataset> datasets = [];
        Run(async (connection, cancellation) =>
        {
            var store = new DatasetStore(connection);
            datasets = await FindAsync(Name, () => store.NamesAsync(cancellation), name => store.GetAsync(name, null, cancellation))
                .ConfigureAwait(false);
        });
        foreach (var dataset in datasets)
        {
            if (!ShouldProcess(dataset.Name, label is null ? "Set no label" : $"Set the label '{label}'")) continue;
            Run(async (connection, cancellation) =>
            {
                var changed = await new DatasetStore(connection).SetLabelAsync(dataset.Name, label, cancellation).ConfigureAwait(false);
                if (PassThru) PostObject(changed);
            });
        }
    }
}
