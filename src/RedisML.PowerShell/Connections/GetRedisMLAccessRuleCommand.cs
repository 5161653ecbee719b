using System.Management.Automation;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsCommon.Get, "RedisMLAccessRule", HelpUri = HelpPage.Folder + "Get-RedisMLAccessRule.md")]
[OutputType(typeof(AccessRule))]
public sealed class GetRedisMLAccessRuleCommand : AsyncCmdlet
{
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public AccessRole[] For { get; set; } = Enum.GetValues<AccessRole>();

    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string[] Dataset { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Prefix { get; set; } = KeySpace.DefaultPrefix;

    readonly List<string> _datasets = [];

    protected override void ProcessRecord() => _datasets.AddRange(Dataset);

    protected override void EndProcessing()
    {
        try
        {
            foreach (var role in For) WriteObject(AccessRule.For(role, Prefix, [.. _datasets.Distinct()]));
        }
        catch (RedisMLException e)
        {
            Fail(e);
        }
    }
}
