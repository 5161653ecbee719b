using RedisML.Errors;

namespace RedisML.Features;

/// <summary>A column that says what each row counts.</summary>
internal static class SampleWeights
{
    /// <param name="weights">NaN is missing.</param>
    /// <exception cref="RedisMLException"><c>WeightInvalid</c>: one is negative or infinite.</exception>
    public static void Check(ReadOnlySpan<double> weights, string column)
    {
        foreach (double weight in weights)
        {
            if (weight >= 0 && double.IsFinite(weight) || double.IsNaN(weight)) continue;
            throw new RedisMLException("WeightInvalid", ErrorKind.InvalidData,
                $"Column '{column}' has the weight {weight}; a row can't count less than 0, nor without end.", column);
        }
    }
}
