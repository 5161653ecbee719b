using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.Serving;

namespace RedisML.PowerShell.Serving;

[Cmdlet(VerbsLifecycle.Stop, "RedisPredictionService", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Stop-RedisPredictionService.md")]
public sealed class StopRedisPredictionServiceCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PredictionServiceCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    [Parameter]
    [ValidateRange(0.0, 3600.0)]
    public double Timeout { get; set; } = 30;

    protected override void ProcessRecord()
    {
        IReadOnlyList<PredictionService> found = [];
        Run(async (connection, cancellation) =>
        {
            var services = new PredictionServices(connection);
            found = await FindAsync(Name, () => services.ListAsync(cancellation), name => services.GetAsync(name, cancellation))
                .ConfigureAwait(false);
        });
        foreach (var service in found)
        {
            if (!ShouldProcess(service.Name, $"Stop {service.Instances.Count} instances of a prediction service")) continue;
            Run((connection, cancellation) =>
                new PredictionServices(connection).StopAsync(service.Name, TimeSpan.FromSeconds(Timeout), cancellation));
        }
    }
}
