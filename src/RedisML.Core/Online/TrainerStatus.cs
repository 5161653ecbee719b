namespace RedisML.Online;

/// <summary>How a process that trains online fares: what its lease holds.</summary>
public sealed record TrainerStatus
{
    /// <summary>Tells trainers apart: the state lets only the last one commit.</summary>
    public required string Id { get; init; }

    public required string Machine { get; init; }

    public required int Process { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Samples that this process has learned.</summary>
    public long Learned { get; init; }

    /// <summary>Samples learned a second, of late.</summary>
    public double SamplesPerSecond { get; init; }

    /// <summary>The version that it published last; null before.</summary>
    public long? Version { get; init; }

    /// <summary>What kept it from its work last; null for nothing.</summary>
    public string? LastError { get; init; }
}
