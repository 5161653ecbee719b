using RedisML.Features;

namespace RedisML.Training;

/// <summary>A trained model.</summary>
public sealed record TrainingResult
{
    public required FeaturePipeline Pipeline { get; init; }

    /// <summary>Of the encoded features: [Width], for Softmax [classes, Width] in row order.</summary>
    public required double[] Weights { get; init; }

    /// <summary>[1], for Softmax [classes].</summary>
    public required double[] Intercepts { get; init; }

    /// <summary>Of the training rows, without the penalty: mean squared error for Linear, mean deviance for Poisson, else mean log loss.</summary>
    public required double Loss { get; init; }

    /// <summary>The same of the validation rows; null without.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>0 where the solution is exact.</summary>
    public required int Iterations { get; init; }

    /// <summary>Passes over the rows for the loss and its gradient.</summary>
    public required int Evaluations { get; init; }

    /// <summary>False where the optimizer ended without reaching the tolerance: a warning.</summary>
    public required bool Converged { get; init; }

    public required long RowsUsed { get; init; }

    /// <summary>Rows left out because the label, or with <see cref="MissingPolicy.Drop"/> a feature, was missing.</summary>
    public required long RowsDropped { get; init; }

    public required TimeSpan Elapsed { get; init; }
}
