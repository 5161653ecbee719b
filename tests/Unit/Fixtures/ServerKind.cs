using RedisML.Connections;

namespace RedisML.Unit.Fixtures;

/// <summary>Which server a test runs against.</summary>
public enum ServerKind
{
    Embedded,

    /// <summary>A real redis-server; the test is skipped where none is installed.</summary>
    Redis,
}

public static class ServerKindExtensions
{
    public static Task<RedisMLConnection> ConnectAsync(this ServerKind kind, EmbeddedServerFixture embedded, RedisServerFixture redis) =>
        kind == ServerKind.Embedded ? embedded.ConnectAsync() : redis.ConnectAsync();

    /// <summary>All keys under the connection's prefix, of all shards where it is a cluster.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(this RedisMLConnection connection)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var server in connection.Database.Multiplexer.GetServers().Where(s => s is { IsConnected: true, IsReplica: false }))
            await foreach (var key in server.KeysAsync(pattern: $"{connection.Keys.Prefix}:*")) keys.Add(key!);
        return [.. keys];
    }
}
