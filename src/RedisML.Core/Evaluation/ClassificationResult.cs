namespace RedisML.Evaluation;

/// <summary>How well a model predicts classes. A row of a class that training didn't see is a wrong answer.</summary>
public sealed record ClassificationResult : EvaluationResult
{
    /// <summary>Of <see cref="EvaluationResult.Rows"/>, those whose label is a class that training didn't see.</summary>
    public long RowsOfUnknownClass { get; init; }

    /// <summary>The share of rows whose predicted class is the label.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The mean recall of the classes that occur.</summary>
    public double? BalancedAccuracy { get; init; }

    /// <summary>The mean F1 of the classes that occur or were predicted.</summary>
    public double? MacroF1 { get; init; }

    /// <summary>The accuracy of saying <see cref="BaselineClass"/> of every row.</summary>
    public double? Baseline { get; init; }

    /// <summary>The commonest class of the label; of several the first.</summary>
    public string? BaselineClass { get; init; }

    /// <summary>The mean negative natural logarithm of the label's probability, which counts as at least 1e-15.</summary>
    public double? LogLoss { get; init; }

    /// <summary>The area under the ROC curve of two classes: the positive one against all others.</summary>
    public double? Auc { get; init; }

    /// <summary>How far <see cref="Auc"/> may be off; 0 up to 5,000,000 rows.</summary>
    public double? AucBound { get; init; }

    /// <summary>Of two classes, the one that <see cref="Precision"/>, <see cref="Recall"/> and <see cref="F1"/> speak of; else null,
    /// as these are.</summary>
    public string? PositiveClass { get; init; }

    /// <summary>The probability from which on the positive class was predicted; null where the likelier class was.</summary>
    public double? Threshold { get; init; }

    /// <inheritdoc cref="ClassFigures.Precision"/>
    public double? Precision { get; init; }

    /// <inheritdoc cref="ClassFigures.Recall"/>
    public double? Recall { get; init; }

    /// <inheritdoc cref="ClassFigures.F1"/>
    public double? F1 { get; init; }

    /// <summary>The figures of each class: of those that the model knows in its order, then of the others.</summary>
    public IReadOnlyList<ClassFigures> Classes { get; init; } = [];

    public required ConfusionMatrix ConfusionMatrix { get; init; }
}

/// <summary>How well one class is told from the others. Figures are null where no row defines them.</summary>
/// <param name="Precision">The share of the rows for which it was predicted that are of it.</param>
/// <param name="Recall">The share of the rows of it for which it was predicted.</param>
/// <param name="F1">The harmonic mean of the two.</param>
/// <param name="Support">The rows of it; the sum of their weights where they have weights.</param>
public sealed record ClassFigures(string Class, double? Precision, double? Recall, double? F1, double Support);
