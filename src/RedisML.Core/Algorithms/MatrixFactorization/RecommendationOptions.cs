using RedisML.Errors;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>How much is recommended, and how long it lies in Redis.</summary>
public sealed record RecommendationOptions
{
    public const int DefaultCount = 20, MaxCount = 1000;

    static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    public static TimeSpan DefaultTimeToLive { get; } = TimeSpan.FromDays(1);

    /// <summary>How many items, from 1 to <see cref="MaxCount"/>.</summary>
    public int Count { get; init; } = DefaultCount;

    /// <summary>After which a sorted set is gone: from a millisecond to ten years.</summary>
    public TimeSpan TimeToLive { get; init; } = DefaultTimeToLive;

    /// <exception cref="RedisMLException"><c>ValueOutOfRange</c>.</exception>
    internal void Check()
    {
        if (Count is < 1 or > MaxCount) throw OutOfRange(nameof(Count), Count);
        if (TimeToLive < TimeSpan.FromMilliseconds(1) || TimeToLive > s_longest) throw OutOfRange(nameof(TimeToLive), TimeToLive);

        static RedisMLException OutOfRange(string name, object value) =>
            new("ValueOutOfRange", ErrorKind.InvalidArgument, $"{name} can't be {value}.", value);
    }
}
