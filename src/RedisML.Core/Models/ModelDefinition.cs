using System.Text.Json.Serialization;
using RedisML.Features;

namespace RedisML.Models;

/// <summary>The built-in models.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Algorithm>))]
public enum Algorithm
{
    /// <summary>Least squares with an L2 penalty (ridge).</summary>
    Linear,

    /// <summary>Binary logistic regression.</summary>
    Logistic,

    /// <summary>Multinomial logistic regression.</summary>
    Softmax,

    /// <summary>Poisson regression: the logarithm of the expected count or rate is linear.</summary>
    Poisson,

    /// <summary>A model of a training script's own: what its parameters mean, that script knows.</summary>
    Custom,
}

public static class Algorithms
{
    /// <summary>Whether it predicts a class, and not a number.</summary>
    public static bool IsClassifier(this Algorithm algorithm) => algorithm is Algorithm.Logistic or Algorithm.Softmax;
}

/// <summary>What a trained version of a model is, apart from its parameters. Stored as JSON in the field <c>@definition</c>.</summary>
/// <remarks>
/// Parameters: <c>weight</c> of shape [<see cref="FeaturePipeline.Width"/>] for Linear, Poisson and Logistic, [classes, Width] for Softmax;
/// <c>intercept</c>, a scalar, or of shape [classes] for Softmax. They apply to encoded features.
/// </remarks>
public sealed record ModelDefinition
{
    public required Algorithm Algorithm { get; init; }

    /// <summary>For Custom, the parameters in the order in which training holds them; else null.</summary>
    public IReadOnlyList<ParameterShape>? Parameters { get; init; }

    public required FeaturePipeline Pipeline { get; init; }

    public double L2 { get; init; }

    public double L1 { get; init; }

    public required Lineage Lineage { get; init; }

    /// <summary>Figures of the training, such as <c>loss</c> (mean squared error, mean Poisson deviance, or mean log loss, without the penalty) and <c>iterations</c>.</summary>
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

    public required long RowsUsed { get; init; }

    /// <summary>Rows left out because a value was missing.</summary>
    public long RowsDropped { get; init; }

    public required DateTimeOffset Trained { get; init; }
}
