using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Outputs;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsLifecycle.Stop, "RedisMLServer", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Stop-RedisMLServer.md")]
public sealed class StopRedisMLServerCommand : AsyncCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Source]
    public RedisMLServer[] Server { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var server in Server)
            if (ShouldProcess(server.Endpoint, "Stop the embedded server")) Run(_ => EmbeddedServers.StopAsync(server));
    }
}
