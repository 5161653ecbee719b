using System.Management.Automation;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsCommunications.Disconnect, "RedisML", HelpUri = HelpPage.Folder + "Disconnect-RedisML.md")]
public sealed class DisconnectRedisMLCommand : AsyncCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public RedisMLConnection? Connection { get; set; }

    protected override void ProcessRecord()
    {
        var session = ConnectionSession.Current;
        Run(_ => Connection is null ? session.CloseDefaultAsync() : ConnectionSession.CloseEverywhereAsync(c => c == Connection));
    }
}
