namespace RedisML.Prediction;

/// <summary>What is said of a row besides the prediction, and from which probability on.</summary>
public sealed record PredictionOptions
{
    /// <summary>The probability from which on the positive class of two is predicted; null for the likelier one.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether the probability of each class is said, and not that of the predicted one alone.</summary>
    public bool ClassProbabilities { get; init; }

    /// <summary>The columns of the rows that stand before the prediction.</summary>
    public IReadOnlyList<string> KeepColumns { get; init; } = [];
}
