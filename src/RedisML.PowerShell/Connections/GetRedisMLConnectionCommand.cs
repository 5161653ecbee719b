using System.Management.Automation;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsCommon.Get, "RedisMLConnection", HelpUri = HelpPage.Folder + "Get-RedisMLConnection.md")]
[OutputType(typeof(RedisMLConnection))]
public sealed class GetRedisMLConnectionCommand : AsyncCmdlet
{
    [Parameter]
    public SwitchParameter All { get; set; }

    protected override void ProcessRecord()
    {
        var session = ConnectionSession.Current;
        Run(async cancellation =>
        {
            var connection = await session.FindAsync(cancellation).ConfigureAwait(false);
            if (All) foreach (var open in session.All) PostObject(open);
            else if (connection is not null) PostObject(connection);
        });
    }
}
