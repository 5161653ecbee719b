namespace RedisML.Evaluation;

/// <summary>How well a model predicts a dataset. Figures that its rows don't define are null.</summary>
public abstract record EvaluationResult
{
    /// <summary>The model; null where the caller didn't say.</summary>
    public string? Model { get; init; }

    public long? ModelVersion { get; init; }

    /// <summary>The dataset; null where the caller didn't say.</summary>
    public string? Dataset { get; init; }

    /// <summary>Rows with a label and a prediction, of which the figures speak; rows of weight 0 aren't among them.</summary>
    public long Rows { get; init; }

    /// <summary>The sum of their weights; without weights, their number.</summary>
    public double Weight { get; init; }

    /// <summary>Rows left out because the label, or the weight, is missing.</summary>
    public long RowsWithoutLabel { get; init; }

    /// <summary>Rows left out because the model can't predict them: a value is missing.</summary>
    public long RowsWithoutPrediction { get; init; }

    /// <summary>Values of categories that training didn't see, in all rows.</summary>
    public long UnseenValues { get; init; }
}
