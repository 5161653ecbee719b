using System.Text.Json;
using RedisML.Errors;
using RedisML.Features;

namespace RedisML.Models;

/// <summary>What a trained version of a model is, apart from its parameters. Stored as JSON in the field <c>@definition</c>.</summary>
/// <remarks>Parameters are named values; the algorithm says what they mean. <c>docs/storage-format.md</c> tells it of each.</remarks>
public sealed record ModelDefinition
{
    /// <summary>The name of the algorithm, such as <c>Linear</c>.</summary>
    public required string Algorithm { get; init; }

    public required ModelTask Task { get; init; }

    /// <summary>The parameters in the order in which training holds them, where the algorithm doesn't tell; else null.</summary>
    public IReadOnlyList<ParameterShape>? Parameters { get; init; }

    /// <summary>How columns become features; null for an algorithm that has no use for encoded features.</summary>
    public FeaturePipeline? Pipeline { get; init; }

    /// <summary>The pipeline, where the algorithm can't do without.</summary>
    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>: there is none.</exception>
    public FeaturePipeline RequirePipeline() => Pipeline ?? throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
        $"The definition of a model of {Algorithm}, trained on dataset '{Lineage.Dataset}', has no feature pipeline.", Algorithm);

    /// <summary>What the algorithm was told, an object by name; null for nothing.</summary>
    public JsonElement? Options { get; init; }

    public required Lineage Lineage { get; init; }

    /// <summary>Figures of the training, such as <c>loss</c> (mean squared error, mean Poisson deviance, or mean log loss, without the
    /// penalty) and <c>iterations</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}

/// <summary>What a model came from.</summary>
public sealed record Lineage
{
    public required string Dataset { get; init; }

    public required long DatasetVersion { get; init; }

    /// <summary>The id of the training run.</summary>
    public required string Run { get; init; }

    public int? Seed { get; init; }

    /// <summary>The version of this module that trained it; null for one before that was noted.</summary>
    public string? Module { get; init; }

    public required long RowsUsed { get; init; }

    /// <summary>Rows left out because a value was missing.</summary>
    public long RowsDropped { get; init; }

    public required DateTimeOffset Trained { get; init; }
}
