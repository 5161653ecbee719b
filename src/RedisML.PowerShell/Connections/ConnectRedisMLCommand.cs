using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Sessions;
using RedisML.Sealing;

namespace RedisML.PowerShell.Connections;

[Cmdlet(VerbsCommunications.Connect, "RedisML", DefaultParameterSetName = ConnectionStringSet,
    HelpUri = HelpPage.Folder + "Connect-RedisML.md")]
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

    [Parameter(ParameterSetName = ConnectionStringSet)]
    [Parameter(ParameterSetName = HostNameSet)]
    [ValidateNotNull]
    public object? CertificateAuthority { get; set; }

    [Parameter(ParameterSetName = ConnectionStringSet)]
    [Parameter(ParameterSetName = HostNameSet)]
    [ValidateNotNull]
    public object? ClientCertificate { get; set; }

    [Parameter(ParameterSetName = ConnectionStringSet)]
    [Parameter(ParameterSetName = HostNameSet)]
    [ValidateNotNullOrEmpty]
    public string? ClientKey { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = EmbeddedSet)]
    public SwitchParameter Embedded { get; set; }

    [Parameter(ParameterSetName = EmbeddedSet)]
    [ValidateNotNullOrEmpty]
    public string? DataDirectory { get; set; }

    [Parameter]
    [ValidateNotNull]
    public object? EncryptionKey { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Prefix { get; set; } = KeySpace.DefaultPrefix;

    protected override void ProcessRecord()
    {
        var session = ConnectionSession.Current;
        var directory = DataDirectory is null ? null : ResolvePath(DataDirectory);
        var certificates = ReadCertificates();
        var key = ReadKey();
        Run(async cancellation =>
        {
            var settings = ParameterSetName == EmbeddedSet ? await StartServerAsync(directory, Prefix, cancellation).ConfigureAwait(false)
                : ReadSettings(certificates);
            settings = ConnectionSession.WithEnvironment(key is null ? settings : settings with { EncryptionKey = key });
            PostVerbose($"Connecting to {settings}.");
            var connection = await ConnectAsync(settings with { Prefix = Prefix }, cancellation).ConfigureAwait(false);
            session.Add(connection);
            if (connection.Server.Warning is { } warning) PostWarning(warning);
            PostObject(connection);
        });
    }

    bool HasNothingToGoBy =>
        ParameterSetName == ConnectionStringSet && ConnectionString is null && ConnectionSession.EnvironmentText is null;

    /// <summary>Those that the parameters give.</summary>
    TlsCertificates ReadCertificates()
    {
        var certificates = new TlsCertificates();
        try
        {
            if (Plain(CertificateAuthority) is { } authority)
                certificates = authority is X509Certificate2 one ? certificates.WithAuthority(one)
                    : certificates.WithAuthority(ResolvePath($"{authority}"));
            if (Plain(ClientCertificate) is { } client)
            {
                certificates = client is X509Certificate2 one ? certificates.WithClient(one)
                    : certificates.WithClient(ResolvePath($"{client}"), ClientKey is null ? null : ResolvePath(ClientKey));
            }
        }
        catch (RedisMLException e)
        {
            Fail(e);
        }
        return certificates;

        static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
    }

    EncryptionKey? ReadKey()
    {
        try
        {
            return EncryptionKey is null ? null : EncryptionKeys.Read(EncryptionKey);
        }
        catch (RedisMLException e)
        {
            Fail(e);
            return null;
        }
    }

    ConnectionSettings ReadSettings(TlsCertificates certificates)
    {
        var settings = ParameterSetName == HostNameSet || HasNothingToGoBy
            ? ConnectionSettings.For(HostName, Port)
            : ConnectionSettings.Parse(ConnectionString ?? ConnectionSession.EnvironmentText!);
        if (!certificates.IsEmpty) settings = settings.WithTls(certificates);
        if (Credential is not null) settings = settings.WithCredential(Credential.UserName, Credential.GetNetworkCredential().Password);
        return Tls ? settings.WithTls() : settings;
    }

    static async Task<ConnectionSettings> StartServerAsync(string? directory, string prefix, CancellationToken cancellation)
    {
        var server = await EmbeddedServers.FindOrStartAsync(directory, prefix, cancellation).ConfigureAwait(false);
        var password = server.Credential.GetNetworkCredential().Password;
        var settings = ConnectionSettings.For(server.HostName, server.Port).WithCredential(null, password);
        return settings with { FindObstacle = server.FindObstacle };
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
