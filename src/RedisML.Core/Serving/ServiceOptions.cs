using RedisML.Serving.Http;

namespace RedisML.Serving;

/// <summary>How an instance of a prediction service works.</summary>
public sealed record ServiceOptions
{
    /// <summary>The most requests that are answered together.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>How long an instance counts as alive after its last beat. What one that died had taken goes to others after that.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the version that the model's name stands for is looked up.</summary>
    public TimeSpan FollowInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Where it answers over HTTP too; null for nowhere.</summary>
    public HttpOptions? Http { get; init; }
}
