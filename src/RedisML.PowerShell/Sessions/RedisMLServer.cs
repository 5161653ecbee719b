using System.Management.Automation;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Serving.Commands;

namespace RedisML.PowerShell.Sessions;

/// <summary>An embedded server of this process.</summary>
public sealed class RedisMLServer
{
    readonly IAsyncDisposable _server;
    readonly Func<long> _missingDiskBytes;

    internal RedisMLServer(IAsyncDisposable server, int port, PSCredential credential, string? dataDirectory, Func<long> missingDiskBytes,
        ServerCommands commands)
    {
        (_server, _missingDiskBytes) = (server, missingDiskBytes);
        Port = port;
        Credential = credential;
        DataDirectory = dataDirectory;
        Model = commands.Models;
        Models = new(commands.Connect ?? (cancellation => RedisMLConnection.ConnectAsync(
            ConnectionSettings.For(HostName, Port).WithCredential(null, Credential.GetNetworkCredential().Password) with
            {
                Prefix = commands.Prefix,
            }, cancellation)), takesOthers: commands.Models.Count == 0);
    }

    /// <summary>Loopback: other machines can't reach the server.</summary>
    public string HostName => "127.0.0.1";

    public int Port { get; }

    /// <summary>Null for a server whose data ends with it.</summary>
    public string? DataDirectory { get; }

    /// <summary>What <c>Connect-RedisML</c> needs in another process.</summary>
    public PSCredential Credential { get; }

    /// <summary>The models by which it answers <c>ML.PREDICT</c>; empty where it does by any that lies in it.</summary>
    public IReadOnlyList<string> Model { get; }

    public DateTimeOffset Started { get; } = DateTimeOffset.Now;

    internal CommandModels Models { get; }

    internal string Endpoint => $"{HostName}:{Port}";

    public override string ToString() => Endpoint;

    /// <summary>The error where its disk has no room for more; null where it has.</summary>
    internal RedisMLException? FindObstacle() =>
        DataDirectory is null || _missingDiskBytes() is not (> 0 and var missing) ? null : new("DiskFull",
        ErrorKind.LimitsExceeded,
        $"The disk of '{DataDirectory}' is full: the embedded server needs {Math.Ceiling(missing / 1e6):N0} MB more to go on " +
        "safely. What it has is still there; make room, or remove datasets that aren't needed.", DataDirectory);

    internal async ValueTask StopAsync()
    {
        await Models.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
