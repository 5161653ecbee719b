using System.Management.Automation;

namespace RedisML.PowerShell.Sessions;

/// <summary>An embedded server of this process.</summary>
public sealed class RedisMLServer
{
    readonly IAsyncDisposable _server;

    internal RedisMLServer(IAsyncDisposable server, int port, PSCredential credential, string? dataDirectory)
    {
        _server = server;
        Port = port;
        Credential = credential;
        DataDirectory = dataDirectory;
    }

    /// <summary>Loopback: other machines can't reach the server.</summary>
    public string HostName => "127.0.0.1";

    public int Port { get; }

    /// <summary>Null for a server whose data ends with it.</summary>
    public string? DataDirectory { get; }

    /// <summary>What <c>Connect-RedisML</c> needs in another process.</summary>
    public PSCredential Credential { get; }

    public DateTimeOffset Started { get; } = DateTimeOffset.Now;

    internal string Endpoint => $"{HostName}:{Port}";

    public override string ToString() => Endpoint;

    internal ValueTask StopAsync() => _server.DisposeAsync();
}
