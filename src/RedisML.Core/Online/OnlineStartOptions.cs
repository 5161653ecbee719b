using RedisML.Models;

namespace RedisML.Online;

/// <summary>What is to be learned online. Null leaves it to what is there, or to the default.</summary>
public sealed record OnlineStartOptions
{
    /// <summary>The model that is published.</summary>
    public required string Model { get; init; }

    public SampleSourceKind? SourceKind { get; init; }

    /// <summary>The name of the list or stream.</summary>
    public string? Source { get; init; }

    public string? Algorithm { get; init; }

    public string? Label { get; init; }

    /// <summary>The columns to predict from; null for all others.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    public IReadOnlyList<string> ExcludedFeatures { get; init; } = [];

    /// <summary>Columns of numbers that are categories. Text always is.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    public string? PositiveClass { get; init; }

    /// <summary>A model to start from.</summary>
    public ModelReference? InitialModel { get; init; }

    public int? HashBits { get; init; }

    public double? LearningRate { get; init; }

    public double? L1 { get; init; }

    public double? L2 { get; init; }

    public int? MetricInterval { get; init; }

    public double? DriftThreshold { get; init; }

    public string? LabelStream { get; init; }

    public string? Key { get; init; }

    public TimeSpan? Window { get; init; }
}
