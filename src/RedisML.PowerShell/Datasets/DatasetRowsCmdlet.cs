using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>A cmdlet that takes rows out of a version of a dataset: which of them, and which columns.</summary>
public abstract class DatasetRowsCmdlet : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] Column { get; set; } = ["*"];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DatasetVersionCompleter))]
    public long? Version { get; set; }
}
