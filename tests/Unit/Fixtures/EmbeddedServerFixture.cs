using RedisML.Connections;
using RedisML.Unit.Fixtures;

[assembly: AssemblyFixture(typeof(EmbeddedServerFixture))]

namespace RedisML.Unit.Fixtures;

/// <summary>One embedded server for all tests, started by the first that asks; each connection has a key space of its own.</summary>
public sealed class EmbeddedServerFixture : IAsyncDisposable
{
    readonly Lazy<EmbeddedServer.EmbeddedServer> _server = new(() => EmbeddedServer.EmbeddedServer.Start());

    public int Port => _server.Value.Port;

    public string Password => _server.Value.Password;

    /// <summary>What reaches the server, under a prefix that nobody else uses.</summary>
    public ConnectionSettings NewSettings() =>
        ConnectionSettings.For("127.0.0.1", Port).WithCredential(null, Password) with { Prefix = TestPrefix.New() };

    public Task<RedisMLConnection> ConnectAsync() => RedisMLConnection.ConnectAsync(NewSettings(), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await _server.Value.DisposeAsync();
    }
}
