using System.Globalization;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>The clock of the server. All ages in Redis go by it: the clocks of clients may be hours apart.</summary>
/// <remarks>Asked now and then; in between, this machine's counter goes on from there, which no change of its own clock moves.</remarks>
sealed class ServerClock(IDatabase database, TimeProvider local)
{
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    volatile Reading? _last;

    /// <summary>The time there; this machine's where the server doesn't tell it to this user.</summary>
    public async ValueTask<DateTimeOffset> NowAsync(CancellationToken cancellation)
    {
        if (_last is { } last && local.GetElapsedTime(last.Counter) is var age && age < s_interval) return last.Time + age;
        var time = await database.PatientlyAsync(AskAsync, cancellation).ConfigureAwait(false) ?? local.GetUtcNow();
        _last = new(time, local.GetTimestamp());
        return time;
    }

    /// <summary>The time there by the last answer; this machine's where there was none yet.</summary>
    public DateTimeOffset Latest => _last is { } last ? last.Time + local.GetElapsedTime(last.Counter) : local.GetUtcNow();

    /// <summary>The time there, in seconds since 1970.</summary>
    public async ValueTask<long> SecondsAsync(CancellationToken cancellation) =>
        (await NowAsync(cancellation).ConfigureAwait(false)).ToUnixTimeSeconds();

    static async Task<DateTimeOffset?> AskAsync(IDatabase database)
    {
        try
        {
            var reply = (string[])(await database.ExecuteAsync("TIME").ConfigureAwait(false))!;
            return DateTimeOffset.FromUnixTimeSeconds(long.Parse(reply[0], CultureInfo.InvariantCulture))
                + TimeSpan.FromMicroseconds(long.Parse(reply[1], CultureInfo.InvariantCulture));
        }
        catch (RedisServerException e) when (!RedisPatience.MayPass(e))
        {
            return null;
        }
    }

    sealed record Reading(DateTimeOffset Time, long Counter);
}
