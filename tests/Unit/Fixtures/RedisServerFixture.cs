using RedisML.Connections;
using RedisML.Unit.Fixtures;

[assembly: AssemblyFixture(typeof(RedisServerFixture))]

namespace RedisML.Unit.Fixtures;

/// <summary>One real redis-server for all tests, started by the first that asks. Where none is installed,
/// those tests are skipped.</summary>
public sealed class RedisServerFixture : IDisposable
{
    readonly Lazy<RedisServer> _server = new(() => new());

    public int Port => Server.Port;

    RedisServer Server
    {
        get
        {
            RedisServer.SkipIfMissing();
            return _server.Value;
        }
    }

    /// <inheritdoc cref="RedisServer.NewSettings"/>
    public ConnectionSettings NewSettings() => Server.NewSettings();

    public Task<RedisMLConnection> ConnectAsync() => Server.ConnectAsync();

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}
