using System.Diagnostics;
using System.Security.Cryptography;
using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>Keeps a version of a dataset from being removed while somebody reads it.</summary>
/// <remarks>
/// A field of the head: the version, and the time at which the pin lapses unless it is renewed, so that a reader that died holds nothing
/// for long. A reader that may not write, as on a replica, reads without one.
/// </remarks>
sealed class DatasetPin(RedisMLConnection connection, Dataset dataset) : IAsyncDisposable
{
    static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Pins the version if it is still there.</summary>
    const string PinScript = """
        -- KEYS head | ARGV version-field pin-field pin
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
        return 1
        """;

    readonly string _field = DatasetStore.PinField + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    long? _renewed;

    /// <summary>Takes the pin, and renews it where that is due. Cheap where it isn't.</summary>
    public async ValueTask KeepAsync(CancellationToken cancellation)
    {
        if (_renewed is { } renewed && Stopwatch.GetElapsedTime(renewed) < s_lifetime / 5) return;
        _renewed = Stopwatch.GetTimestamp();
        try
        {
            var now = await connection.Clock.NowAsync(cancellation).ConfigureAwait(false);
            await connection.Database.ScriptEvaluateAsync(PinScript, [connection.Keys.Dataset(dataset.Name)],
                [DatasetStore.VersionField + dataset.Version, _field, $"{dataset.Version} {(now + s_lifetime).ToUnixTimeSeconds()}"])
                .WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException) { }
    }

    public async ValueTask DisposeAsync()
    {
        if (_renewed is null) return;
        try { await connection.Database.HashDeleteAsync(connection.Keys.Dataset(dataset.Name), _field).ConfigureAwait(false); }
        catch (Exception e) when (e is RedisException or TimeoutException) { }
    }

    /// <summary>The versions that the fields of a head say are pinned.</summary>
    /// <param name="now">By the server's clock.</param>
    public static HashSet<long> Pinned(IEnumerable<HashEntry> head, DateTimeOffset now) =>
        [.. head.Where(f => ((string)f.Name!).StartsWith(DatasetStore.PinField, StringComparison.Ordinal))
            .Select(f => ((string)f.Value!).Split(' ') is [var version, var lapse] && long.TryParse(version, out long pinned)
                && long.TryParse(lapse, out long end) && end > now.ToUnixTimeSeconds() ? pinned : (long?)null)
            .OfType<long>()];
}
