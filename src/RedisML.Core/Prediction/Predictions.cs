using RedisML.Features;

namespace RedisML.Prediction;

/// <summary>What a model says of the rows of a chunk.</summary>
public sealed class Predictions
{
    /// <param name="classes">Null for regression.</param>
    /// <param name="values">[rows].</param>
    /// <param name="probabilities">[rows, classes] in row order; empty for regression.</param>
    /// <param name="unseen">How many values were categories that training didn't see.</param>
    public Predictions(IReadOnlyList<string>? classes, double[] values, double[] probabilities, long unseen) =>
        (Classes, Values, Probabilities, Unseen) = (classes, values, probabilities, unseen);

    /// <summary>The classes, in order; null for regression.</summary>
    public IReadOnlyList<string>? Classes { get; }

    /// <summary>[rows]: the number, or the index of the likeliest class; NaN where there is none because a value was missing.</summary>
    public double[] Values { get; }

    /// <summary>[rows, classes] in row order; empty for regression. NaN where a value was missing.</summary>
    public double[] Probabilities { get; }

    /// <summary>How many values were categories that training didn't see.</summary>
    public long Unseen { get; }

    /// <summary>[rows], of two classes: the score whose growth makes the positive one likelier,
    /// without end where its probability ends at 1; else empty.</summary>
    public double[] Scores { get; init; } = [];

    /// <summary>Of two classes, by what a row is ranked: its score, where the model tells it,
    /// else the log odds of the positive class.</summary>
    internal double LogOdds(int row) =>
        Scores.Length > 0 ? Scores[row] : Math.Log(Probabilities[2 * row + 1]) - Math.Log(Probabilities[2 * row]);

    /// <summary>Which they were, where the model tells.</summary>
    public IReadOnlyList<UnseenLevel> UnseenLevels { get; init; } = [];
}
