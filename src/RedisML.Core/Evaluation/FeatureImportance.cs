namespace RedisML.Evaluation;

/// <summary>How much worse a model gets when the values of a column are shuffled among the rows.</summary>
public sealed record FeatureImportance
{
    /// <summary>The model; null where the caller didn't say.</summary>
    public string? Model { get; init; }

    public long? ModelVersion { get; init; }

    /// <summary>The dataset; null where the caller didn't say.</summary>
    public string? Dataset { get; init; }

    /// <summary>The column, as it is stored.</summary>
    public required string Feature { get; init; }

    /// <summary>By how much the metric gets worse, on average; about 0 where the model doesn't need the column.</summary>
    public required double Importance { get; init; }

    /// <summary>The standard deviation over the shuffles.</summary>
    public required double Deviation { get; init; }

    /// <summary>What is measured.</summary>
    public required ImportanceMetric Metric { get; init; }

    /// <summary>The metric with the column as it is.</summary>
    public required double Score { get; init; }

    /// <summary>Rows that were shuffled.</summary>
    public required long Rows { get; init; }
}

/// <summary>A figure by which importance is measured.</summary>
public enum ImportanceMetric
{
    R2,
    Rmse,
    Mae,
    D2,
    Accuracy,
    BalancedAccuracy,
    MacroF1,
    LogLoss,
    Auc,
}
