using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>What a server says of its memory.</summary>
static class ServerMemory
{
    /// <summary>A warning where the server may evict data that was never meant to expire; null where it doesn't, or doesn't tell.</summary>
    public static async Task<string?> EvictionWarningAsync(RedisMLConnection connection, CancellationToken cancellation)
    {
        var (policy, limit) = await ReadAsync(connection).WaitAsync(cancellation).ConfigureAwait(false);
        return limit > 0 && policy.StartsWith("allkeys-", StringComparison.Ordinal)
            ? $"{connection.Endpoint} evicts any key once it holds {limit / 1e6:N0} MB (maxmemory-policy {policy}): datasets may lose " +
                "chunks. Use noeviction or a volatile-* policy there."
            : null;
    }

    /// <summary>The server's limit, as a sentence; empty where there is none.</summary>
    public static async Task<string> LimitAsync(RedisMLConnection connection)
    {
        var (_, limit) = await ReadAsync(connection).ConfigureAwait(false);
        return limit > 0 ? $" Its maxmemory is {limit / 1e6:N0} MB." : "";
    }

    static async Task<(string Policy, long Limit)> ReadAsync(RedisMLConnection connection)
    {
        try
        {
            var server = await ServerInfo.ReadAsync(connection, CancellationToken.None).ConfigureAwait(false);
            return (server.EvictionPolicy ?? "", server.MemoryLimit ?? 0);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return ("", 0);
        }
    }
}
