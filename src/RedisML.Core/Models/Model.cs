
namespace RedisML.Models;

/// <summary>A version of a model, without the values of its parameters.</summary>
public sealed record Model
{
    public required string Name { get; init; }

    /// <summary>Counts from 1; a number is used once.</summary>
    public required long Version { get; init; }

    /// <summary>What training produced; null for a model whose parameters were only ever set by hand.</summary>
    public ModelDefinition? Definition { get; init; }

    /// <summary>When this version was written.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether parameters of a trained version were changed by hand to make this one.</summary>
    public bool Modified { get; init; }

    /// <summary>The names of the parameters, ordinal.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>The aliases that name this version, ordinal.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What somebody wrote of this version.</summary>
    public string? Description { get; init; }

    /// <summary>Names and values that somebody gave this version.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>How good it was on datasets, each the last time.</summary>
    public IReadOnlyList<ModelEvaluation> Evaluations { get; init; } = [];

    /// <summary>The name of the algorithm that trained it.</summary>
    public string? Algorithm => Definition?.Algorithm;

    /// <summary>The dataset that the model was trained on.</summary>
    public string? Dataset => Definition?.Lineage.Dataset;

    /// <summary>The name, so that a model binds to a parameter that takes names.</summary>
    public override string ToString() => Name;
}
