using System.Management.Automation;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsCommunications.Connect, "RedisML", DefaultParameterSetName = ConnectionStringSet)]
[OutputType(typeof(RedisMLConnection))]
public sealed class ConnectRedisMLCommand : AsyncCmdlet
{
    const string ConnectionStringSet = "ConnectionString";
    const string HostNameSet = "HostName";
    const string EmbeddedSet = "Embedded";
    const string DefaultHostName = "localhost";

    [Parameter(Position = 0, ParameterSetName = ConnectionStringSet)]
    [ValidateNotNullOrEmpty]
    public string? ConnectionString { get; set; }

    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = DefaultHostName;

    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = ConnectionSettings.DefaultPort;

    [Parameter(ParameterSetName = ConnectionStringSet)]
    [Parameter(ParameterSetName = HostNameSet, ValueFromPipelineByPropertyName = true)]
    [Credential]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = ConnectionStringSet)]
    [Parameter(ParameterSetName = HostNameSet)]
    public SwitchParameter Tls { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = EmbeddedSet)]
    public SwitchParameter Embedded { get; set; }

    [Parameter(ParameterSetName = EmbeddedSet)]
    [ValidateNotNullOrEmpty]
    public string? DataDirectory { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Prefix { get; set; } = KeySpace.DefaultPrefix;

    protected override void ProcessRecord()
    {
        var session = ConnectionSession.Current;
        var directory = DataDirectory is null ? null : ResolvePath(DataDirectory);
        Run(async cancellation =>
        {
            var settings = ParameterSetName == EmbeddedSet ? await StartServerAsync(directory, cancellation).ConfigureAwait(false) : ReadSettings();
            PostVerbose($"Connecting to {settings}.");
            var connection = await ConnectAsync(settings with { Prefix = Prefix }, cancellation).ConfigureAwait(false);
            session.Add(connection);
            if (connection.Server.Warning is { } warning) PostWarning(warning);
            PostObject(connection);
        });
    }

    bool HasNothingToGoBy => ParameterSetName == ConnectionStringSet && ConnectionString is null && ConnectionSession.EnvironmentText is null;

    ConnectionSettings ReadSettings()
    {
        var settings = ParameterSetName == HostNameSet || HasNothingToGoBy
            ? ConnectionSettings.For(HostName, Port)
            : ConnectionSettings.Parse(ConnectionString ?? ConnectionSession.EnvironmentText!);
        if (Credential is not null) settings = settings.WithCredential(Credential.UserName, Credential.GetNetworkCredential().Password);
        return Tls ? settings.WithTls() : settings;
    }

    static async Task<ConnectionSettings> StartServerAsync(string? directory, CancellationToken cancellation)
    {
        var server = await EmbeddedServers.FindOrStartAsync(directory, cancellation).ConfigureAwait(false);
        return ConnectionSettings.For(server.HostName, server.Port).WithCredential(null, server.Credential.GetNetworkCredential().Password);
    }

    async Task<RedisMLConnection> ConnectAsync(ConnectionSettings settings, CancellationToken cancellation)
    {
        try
        {
            return await RedisMLConnection.ConnectAsync(settings, cancellation).ConfigureAwait(false);
        }
        catch (RedisMLException e) when (HasNothingToGoBy && e.ErrorId == "ConnectionRefused")
        {
            // Never an embedded server instead: a nightly job would lose its data without a word.
            throw new RedisMLException(e.ErrorId, e.Kind,
                $"{e.Message} To use a server within this process, ask for it: Connect-RedisML -Embedded.", e.Target, e.InnerException);
        }
    }
}
