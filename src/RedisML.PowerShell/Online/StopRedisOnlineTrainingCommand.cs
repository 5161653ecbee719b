using System.Management.Automation;
using RedisML.Online;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Online;

[Cmdlet(VerbsLifecycle.Stop, "RedisOnlineTraining", SupportsShouldProcess = true,
    HelpUri = HelpPage.Folder + "Stop-RedisOnlineTraining.md")]
public sealed class StopRedisOnlineTrainingCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OnlineTrainingCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    [Parameter]
    [ValidateRange(0.0, 3600.0)]
    public double Timeout { get; set; } = 30;

    protected override void ProcessRecord()
    {
        IReadOnlyList<OnlineTraining> found = [];
        Run(async (connection, cancellation) =>
        {
            var trainings = new OnlineTrainings(connection);
            found = await FindAsync(Model, () => trainings.ListAsync(cancellation), name => trainings.GetAsync(name, cancellation))
                .ConfigureAwait(false);
        });
        foreach (var training in found)
        {
            if (!ShouldProcess(training.Model, "Stop training online")) continue;
            Run((connection, cancellation) =>
                new OnlineTrainings(connection).StopAsync(training.Model, TimeSpan.FromSeconds(Timeout), cancellation));
        }
    }
}
