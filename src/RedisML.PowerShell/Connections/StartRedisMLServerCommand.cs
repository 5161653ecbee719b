using System.Management.Automation;
using RedisML.Connections;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Models;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsLifecycle.Start, "RedisMLServer", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Start-RedisMLServer.md")]
[OutputType(typeof(RedisMLServer))]
public sealed class StartRedisMLServerCommand : RedisMLCmdlet
{
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? DataDirectory { get; set; }

    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string[] Model { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] KeyPrefix { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Prefix { get; set; } = KeySpace.DefaultPrefix;

    protected override void ProcessRecord()
    {
        var directory = DataDirectory is null ? null : ResolvePath(DataDirectory);
        if (!ShouldProcess(directory ?? "memory", "Start an embedded server")) return;
        var commands = new ServerCommands { Models = Model, Prefix = Prefix, KeyPrefixes = KeyPrefix };
        // A server whose data lasts has its models itself; another can only have those of a connection.
        if (Model.Length == 0 || directory is not null) Run(cancellation => StartAsync(directory, commands, cancellation));
        else Run((connection, cancellation) => StartAsync(directory, commands with { Connect = connection.CopyAsync }, cancellation));
    }

    async Task StartAsync(string? directory, ServerCommands commands, CancellationToken cancellation) =>
        PostObject(await EmbeddedServers.StartAsync(directory, Port ?? 0, commands, cancellation).ConfigureAwait(false));
}
