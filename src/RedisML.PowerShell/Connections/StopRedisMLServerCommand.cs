using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsLifecycle.Stop, "RedisMLServer", SupportsShouldProcess = true)]
public sealed class StopRedisMLServerCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public RedisMLServer[] Server { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var server in Server)
            if (ShouldProcess(server.Endpoint, "Stop the embedded server")) Run(_ => EmbeddedServers.StopAsync(server));
    }
}
