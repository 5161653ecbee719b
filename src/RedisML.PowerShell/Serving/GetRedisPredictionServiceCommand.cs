using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.Serving;

namespace RedisML.PowerShell.Serving;

[Cmdlet(VerbsCommon.Get, "RedisPredictionService", HelpUri = HelpPage.Folder + "Get-RedisPredictionService.md")]
[OutputType(typeof(PredictionService))]
public sealed class GetRedisPredictionServiceCommand : RedisMLCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PredictionServiceCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord() => Run(async (connection, cancellation) =>
    {
        var services = new PredictionServices(connection);
        foreach (var service in await FindAsync(Name, () => services.ListAsync(cancellation), name => services.GetAsync(name, cancellation))
            .ConfigureAwait(false))
            PostObject(service);
    });
}
