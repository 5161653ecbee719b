
namespace RedisML.Evaluation;

/// <summary>How well a model predicts a dataset. Figures of the other task are null, as are those that these rows don't define.</summary>
public sealed record EvaluationResult
{
    /// <summary>The model; null where the caller didn't say.</summary>
    public string? Model { get; init; }

    public long? ModelVersion { get; init; }

    /// <summary>The dataset; null where the caller didn't say.</summary>
    public string? Dataset { get; init; }

    /// <summary>Rows with a label and a prediction, of which the figures speak.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows whose label is missing.</summary>
    public required long RowsWithoutLabel { get; init; }

    /// <summary>Rows with a label that the model can't predict, because a value is missing.</summary>
    public required long RowsWithoutPrediction { get; init; }

    /// <summary>Rows whose label is a class that training didn't see.</summary>
    public long RowsOfUnknownClass { get; init; }

    /// <summary>Values of categories that training didn't see, in all rows.</summary>
    public required long UnseenValues { get; init; }

    /// <summary>The coefficient of determination; null where the label is constant.</summary>
    public double? R2 { get; init; }

    /// <summary>The root of the mean squared error, in the label's unit.</summary>
    public double? Rmse { get; init; }

    /// <summary>The mean absolute error, in the label's unit.</summary>
    public double? Mae { get; init; }

    /// <summary>The mean Poisson deviance, 2·(y·ln(y/ŷ) − y + ŷ) a row: of a Poisson model, where no label is negative.</summary>
    public double? PoissonDeviance { get; init; }

    /// <summary>The share of the deviance of the mean that the model explains, as <see cref="R2"/> is of squared errors.</summary>
    public double? D2 { get; init; }

    /// <summary>The share of rows whose likeliest class is the label.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The mean negative natural logarithm of the label's probability, which counts as at least 1e-15.</summary>
    public double? LogLoss { get; init; }

    /// <summary>The area under the ROC curve, of two classes.</summary>
    public double? Auc { get; init; }

    /// <summary>How far <see cref="Auc"/> may be off; 0 up to 5,000,000 rows.</summary>
    public double? AucBound { get; init; }

    public ConfusionMatrix? ConfusionMatrix { get; init; }
}

/// <summary>How often each class was predicted for each.</summary>
/// <param name="Classes">In order, the positive class last.</param>
/// <param name="Counts">[actual, predicted], in the order of the classes.</param>
public sealed record ConfusionMatrix(IReadOnlyList<string> Classes, long[,] Counts)
{
    /// <summary>The rows of class <paramref name="actual"/> for which <paramref name="predicted"/> was predicted.</summary>
    public long this[int actual, int predicted] => Counts[actual, predicted];
}
