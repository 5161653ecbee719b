using RedisML.Features;
using RedisML.Models;

namespace RedisML.Training;

/// <summary>A trained model.</summary>
public sealed record TrainingResult
{
    public required ModelTask Task { get; init; }

    /// <summary>How columns become features; null for an algorithm that has no use for encoded features.</summary>
    public FeaturePipeline? Pipeline { get; init; }

    /// <summary>The parameters by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, ParameterValue>> Parameters { get; init; }

    /// <summary>Their order and shapes, where the algorithm doesn't tell; else null.</summary>
    public IReadOnlyList<ParameterShape>? Shapes { get; init; }

    /// <summary>Of the training rows, without the penalty: mean squared error, mean deviance of counts, or mean log loss.</summary>
    public required double Loss { get; init; }

    /// <summary>The same loss of the validation rows; null where there are none.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>0 where the solution is exact.</summary>
    public required int Iterations { get; init; }

    /// <summary>Passes over the rows for the loss and its gradient.</summary>
    public required int Evaluations { get; init; }

    /// <summary>False where the optimizer ended without reaching the tolerance: a warning.</summary>
    public required bool Converged { get; init; }

    /// <summary>Figures to keep with the model.</summary>
    public IReadOnlyDictionary<string, double> Metrics
    {
        get
        {
            var metrics = new Dictionary<string, double> { ["loss"] = Loss, ["iterations"] = Iterations };
            if (ValidationLoss is { } validation) metrics["validationLoss"] = validation;
            return metrics;
        }
    }

    public required long RowsUsed { get; init; }

    /// <summary>Rows left out because the label, or with <see cref="MissingPolicy.Drop"/> a feature, was missing.</summary>
    public required long RowsDropped { get; init; }

    /// <summary>What to know of the fit, a sentence or two each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required TimeSpan Elapsed { get; init; }
}
