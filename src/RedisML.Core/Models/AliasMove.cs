using System.Text.Json.Serialization;

namespace RedisML.Models;

/// <summary>A move of an alias from one version of a model to another: who made it, when and why.</summary>
public sealed record AliasMove
{
    /// <summary>Tells moves apart.</summary>
    public required string Id { get; init; }

    /// <summary>Counts a model's moves from 1.</summary>
    [JsonIgnore]
    public long Number { get; init; }

    public required string Alias { get; init; }

    /// <summary>The version that the alias then named; null where it was taken away.</summary>
    public long? Version { get; init; }

    /// <summary>The version that it named before; null for none.</summary>
    public long? From { get; init; }

    /// <summary>Who moved it, such as <c>ann@build-7</c>.</summary>
    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why, where somebody said.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it went back to what was before.</summary>
    public bool Rollback { get; init; }
}
