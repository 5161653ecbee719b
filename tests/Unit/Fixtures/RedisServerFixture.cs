using RedisML.Connections;
using RedisML.Unit.Fixtures;

[assembly: AssemblyFixture(typeof(RedisServerFixture))]

namespace RedisML.Unit.Fixtures;

/// <summary>One real redis-server for all tests, started by the first that asks. Where none is installed, those tests are skipped.</summary>
public sealed class RedisServerFixture : IDisposable
{
    readonly Lazy<RedisServer> _server = new(() => new());

    public int Port
    {
        get
        {
            RedisServer.SkipIfMissing();
            return _server.Value.Port;
        }
    }

    /// <summary>What reaches the server, under a prefix that nobody else uses.</summary>
    public ConnectionSettings NewSettings() => ConnectionSettings.For("127.0.0.1", Port) with { Prefix = TestPrefix.New() };

    public Task<RedisMLConnection> ConnectAsync() => RedisMLConnection.ConnectAsync(NewSettings(), TestContext.Current.CancellationToken);

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}
