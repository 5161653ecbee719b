namespace RedisML.Evaluation;

/// <summary>How a model is measured.</summary>
public sealed record EvaluationOptions
{
    /// <summary>A column, stored or derived, that says what each row counts: a row of weight 2 is two rows, one of weight 0 none.
    /// Null: 1.</summary>
    public string? SampleWeight { get; init; }

    /// <summary>Of two classes, the probability from which on the positive one is predicted, from 0 to 1. Null:
    /// the likelier one is.</summary>
    public double? Threshold { get; init; }

    /// <summary>How many items a user is recommended, by a model that recommends: from 1 on.</summary>
    public int Top { get; init; } = 10;
}
