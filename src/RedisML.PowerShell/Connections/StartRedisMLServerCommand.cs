using System.Management.Automation;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsLifecycle.Start, "RedisMLServer", SupportsShouldProcess = true)]
[OutputType(typeof(RedisMLServer))]
public sealed class StartRedisMLServerCommand : AsyncCmdlet
{
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? DataDirectory { get; set; }

    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    protected override void ProcessRecord()
    {
        var directory = DataDirectory is null ? null : ResolvePath(DataDirectory);
        if (!ShouldProcess(directory ?? "memory", "Start an embedded server")) return;
        Run(async cancellation => PostObject(await EmbeddedServers.StartAsync(directory, Port ?? 0, cancellation).ConfigureAwait(false)));
    }
}
