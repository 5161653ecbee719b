using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>A connection to a Redis server: one multiplexer, and the key space that RedisML uses there.</summary>
public sealed class RedisMLConnection : IAsyncDisposable
{
    readonly ConnectionMultiplexer _multiplexer;

    RedisMLConnection(ConnectionMultiplexer multiplexer, ConnectionSettings settings)
    {
        _multiplexer = multiplexer;
        Settings = settings;
        Keys = new(settings.Prefix);
        Database = multiplexer.GetDatabase();
    }

    public ConnectionSettings Settings { get; }

    internal IDatabase Database { get; }

    internal KeySpace Keys { get; }

    /// <summary>Connects, signs in, and checks that the server answers.</summary>
    public static async Task<RedisMLConnection> ConnectAsync(ConnectionSettings settings, CancellationToken cancellation)
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(settings.ToOptions()).WaitAsync(cancellation).ConfigureAwait(false);
        return new(multiplexer, settings);
    }

    public override string ToString() => Settings.ToString();

    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();
}
