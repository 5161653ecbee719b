namespace RedisML.Evaluation;

/// <summary>How well a model recommends: what it predicts of ratings, and where it ranks the items that users chose.</summary>
/// <remarks>
/// Precision, recall and NDCG are means over the users that have a relevant row, of the best <see cref="Top"/> items that weren't
/// rated in training. An item is relevant, or it isn't: NDCG's gains are 1 and 0.
/// </remarks>
public sealed record RecommendationResult : EvaluationResult
{
    /// <summary>The root of the mean squared error, in the label's unit; null for a model of events.</summary>
    public double? Rmse { get; init; }

    /// <summary>The mean absolute error, in the label's unit; null for a model of events.</summary>
    public double? Mae { get; init; }

    /// <summary>The coefficient of determination; null for a model of events, and where the label is constant.</summary>
    public double? R2 { get; init; }

    /// <summary>How many items a user is recommended.</summary>
    public int Top { get; init; }

    /// <summary>Users with a row that is relevant: of ratings, one that isn't below the training's mean.</summary>
    public long Users { get; init; }

    /// <summary>The share of what is recommended that is relevant.</summary>
    public double? Precision { get; init; }

    /// <summary>The share of what is relevant that is recommended.</summary>
    public double? Recall { get; init; }

    /// <summary>Normalised discounted cumulative gain: 1 where all that is relevant comes first.</summary>
    public double? Ndcg { get; init; }
}
