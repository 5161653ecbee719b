using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>A connection to a Redis server: one multiplexer, and the key space that RedisML uses there.</summary>
public sealed class RedisMLConnection : IAsyncDisposable
{
    readonly ConnectionMultiplexer _multiplexer;

    RedisMLConnection(ConnectionMultiplexer multiplexer, KeySpace keys)
    {
        _multiplexer = multiplexer;
        Keys = keys;
        Database = multiplexer.GetDatabase();
    }

    internal IDatabase Database { get; }

    internal KeySpace Keys { get; }

    public static async Task<RedisMLConnection> ConnectAsync(string configuration, string prefix, CancellationToken cancellation)
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellation).ConfigureAwait(false);
        return new(multiplexer, new KeySpace(prefix));
    }

    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();
}
