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

    /// <summary>Which they were, where the model tells.</summary>
    public IReadOnlyList<UnseenLevel> UnseenLevels { get; init; } = [];
}
