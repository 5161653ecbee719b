namespace RedisML.Serving;

/// <summary>What a service takes and keeps.</summary>
static class ServiceLimits
{
    /// <summary>The longest request, in bytes.</summary>
    public const int RequestBytes = 1 << 20;

    /// <summary>The most rows of a request.</summary>
    public const int RequestRows = 10_000;

    /// <summary>The longest key of a reply, in characters.</summary>
    public const int ReplyKeyLength = 256;

    /// <summary>Requests without a reply that are remembered, and how much of each.</summary>
    public const int Rejected = 100, RejectedBytes = 1000;

    /// <summary>How long a reply waits for its client.</summary>
    public static readonly TimeSpan ReplyLife = TimeSpan.FromSeconds(30);
}
