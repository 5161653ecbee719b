using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Tells whether a server may have lost what it had acknowledged: since it restarted, failed over, or evicted keys.</summary>
static class ServerIdentity
{
    /// <summary>The same text as long as nothing can have been lost; null where a server doesn't tell.</summary>
    public static async Task<string?> ReadAsync(RedisMLConnection connection)
    {
        try
        {
            var servers = connection.Shards.OrderBy(s => $"{s.EndPoint}", StringComparer.Ordinal);
            var texts = await Task.WhenAll(servers.Select(async server =>
            {
                var info = (await server.InfoAsync().ConfigureAwait(false)).SelectMany(section => section)
                    .ToLookup(field => field.Key, field => field.Value);
                return info["run_id"].FirstOrDefault() is { } run ? $"{run}:{info["evicted_keys"].FirstOrDefault()}" : null;
            })).ConfigureAwait(false);
            return texts.Length == 0 || texts.Contains(null) ? null : string.Join(' ', texts);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null;
        }
    }
}
