using System.Diagnostics;
using System.Text.Json.Serialization;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>What comes of a publication that too few replicas have.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplicaPolicy>))]
public enum ReplicaPolicy
{
    /// <summary>It doesn't take place, and that is an error.</summary>
    Require,

    /// <summary>It takes place, with a warning.</summary>
    Prefer,
}

/// <summary>How many replicas are to have what was written before it counts as published.</summary>
/// <param name="Count">Of each primary that the keys lie on.</param>
/// <param name="Timeout">How long they are waited for; seconds.</param>
public sealed record ReplicaDemand(int Count, double Timeout = ReplicaDemand.DefaultTimeout, ReplicaPolicy Policy = ReplicaPolicy.Require)
{
    public const double DefaultTimeout = 10;

    public const double LongestTimeout = 24 * 60 * 60;

    /// <summary>WAIT holds up its connection, which others use too: so it is asked for a moment, again and again.</summary>
    const int SliceMilliseconds = 100;

    /// <summary>Waits until the replicas have all that this connection has written.</summary>
    /// <param name="what">What is to be published, as the message names it.</param>
    /// <param name="isPublished">Whether it is too late for an error: then there is a warning in any case.</param>
    /// <returns>A warning; null where they have it.</returns>
    /// <exception cref="RedisMLException"><c>ReplicasMissing</c>; <c>ReplicasUnsupported</c>, as by the embedded server.</exception>
    internal async Task<string?> DemandAsync(RedisMLConnection connection, string what, bool isPublished, CancellationToken cancellation)
    {
        var counts = await Task.WhenAll(connection.Shards.Select(shard => CountAsync(shard, connection.Endpoint, cancellation)))
            .ConfigureAwait(false);
        if (counts.Min() is var least && least >= Count) return null;
        var message = $"Only {least} of {Count} replicas had {what} within {Timeout:0.###} s";
        if (isPublished || Policy == ReplicaPolicy.Prefer)
            return $"{message}. It is published all the same; if {connection.Endpoint} fails now, it may be lost.";
        throw new RedisMLException("ReplicasMissing", ErrorKind.OperationTimeout,
            $"{message}; nothing was published. Check the replicas of {connection.Endpoint}, or use -ReplicaPolicy Prefer.",
            connection.Endpoint);
    }

    async Task<int> CountAsync(IServer shard, string endpoint, CancellationToken cancellation)
    {
        int count = 0;
        for (long start = Stopwatch.GetTimestamp(); ;)
        {
            double left = Timeout - Stopwatch.GetElapsedTime(start).TotalSeconds;
            int slice = (int)Math.Clamp(left * 1000, 1, SliceMilliseconds);
            try
            {
                count = (int)await shard.ExecuteAsync("WAIT", Count, slice)
                    .WaitAsync(TimeSpan.FromSeconds(Math.Max(left, 0.5)), cancellation).ConfigureAwait(false);
            }
            catch (RedisServerException e) when (e.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase))
            {
                throw new RedisMLException("ReplicasUnsupported", ErrorKind.InvalidOperation,
                    $"{endpoint} can't be asked what its replicas have, as the embedded server: leave out -ReplicaCount, or use a Redis " +
                    "server.", endpoint, e);
            }
            catch (Exception e) when (e is TimeoutException || RedisPatience.MayPass(e))
            {
                await Task.Delay(slice, cancellation).ConfigureAwait(false);
            }
            if (count >= Count || left <= 0) return count;
        }
    }
}
