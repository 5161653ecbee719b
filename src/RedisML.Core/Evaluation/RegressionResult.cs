namespace RedisML.Evaluation;

/// <summary>How well a model predicts a number.</summary>
public sealed record RegressionResult : EvaluationResult
{
    /// <summary>The coefficient of determination; null where the label is constant.</summary>
    public double? R2 { get; init; }

    /// <summary>The root of the mean squared error, in the label's unit.</summary>
    public double? Rmse { get; init; }

    /// <summary>The mean absolute error, in the label's unit.</summary>
    public double? Mae { get; init; }

    /// <summary>The mean Poisson deviance, 2·(y·ln(y/ŷ) − y + ŷ) a row: of a model of counts, where no label is negative.</summary>
    public double? PoissonDeviance { get; init; }

    /// <summary>The share of the deviance of the mean that the model explains, as <see cref="R2"/> is of squared errors.</summary>
    public double? D2 { get; init; }

    /// <summary>The column that the label was derived from, where the way back is known: <c>price</c> of <c>log(price)</c>.</summary>
    public string? SourceColumn { get; init; }

    /// <summary><see cref="R2"/> of that column, and of the predictions taken back to it.</summary>
    public double? SourceR2 { get; init; }

    /// <summary><see cref="Rmse"/> in the unit of that column.</summary>
    public double? SourceRmse { get; init; }

    /// <summary><see cref="Mae"/> in the unit of that column.</summary>
    public double? SourceMae { get; init; }
}
