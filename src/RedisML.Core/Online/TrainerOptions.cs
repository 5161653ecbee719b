namespace RedisML.Online;

/// <summary>How a process trains online; may differ each time that a training is gone on with.</summary>
public sealed record TrainerOptions
{
    /// <summary>The most samples that are learned and committed together.</summary>
    public int BatchSize { get; init; } = 4096;

    /// <summary>How often a version is published where something was learned.</summary>
    public TimeSpan PublishInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The alias that then names it; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>How many of the versions that this process published are kept.</summary>
    public int KeptVersions { get; init; } = 10;

    /// <summary>How long the process counts as alive after its last beat.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether it ends when no sample is left.</summary>
    public bool Once { get; init; }

    /// <summary>Whether it takes over from a process that trains.</summary>
    public bool Force { get; init; }
}
