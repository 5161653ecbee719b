using System.Management.Automation;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsCommon.Get, "RedisMLServer", HelpUri = HelpPage.Folder + "Get-RedisMLServer.md")]
[OutputType(typeof(RedisMLServer))]
public sealed class GetRedisMLServerCommand : AsyncCmdlet
{
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ServerPortCompleter))]
    public int[]? Port { get; set; }

    protected override void ProcessRecord()
    {
        if (Port is null)
        {
            WriteObjects(EmbeddedServers.Running);
            return;
        }
        foreach (int port in Port)
        {
            if (EmbeddedServers.Running.FirstOrDefault(s => s.Port == port) is { } server) WriteObject(server);
            else WriteError(ToErrorRecord(new("ServerNotFound", ErrorKind.ObjectNotFound,
                $"No server of this process listens on port {port}. "
                + NearestName.Existing(EmbeddedServers.Running.Select(s => s.Endpoint)) + " Start-RedisMLServer starts one.", port)));
        }
    }
}
