using RedisML.Errors;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Which ratings there may be.</summary>
internal static class RatingRange
{
    /// <param name="minimum">NaN where it isn't known.</param>
    /// <param name="maximum">NaN where it isn't known.</param>
    /// <exception cref="RedisMLException"><c>RatingOutOfRange</c>, also for NaN.</exception>
    public static void Check(bool isImplicit, double minimum, double maximum, double rating, object? target)
    {
        if (double.IsFinite(rating) && float.IsFinite((float)rating) && (isImplicit ? rating >= 0 : !(rating < minimum) && !(rating > maximum)))
            return;
        string range = isImplicit ? "a count of events is a number from 0 on"
            : double.IsNaN(minimum) || double.IsNaN(maximum) ? "ratings are numbers" + (double.IsNaN(minimum) ? "" : $" from {minimum} on")
                + (double.IsNaN(maximum) ? "" : $" up to {maximum}")
            : $"ratings are numbers from {minimum} to {maximum}";
        throw new RedisMLException("RatingOutOfRange", ErrorKind.InvalidData, $"A rating is {rating}, and {range}.", target);
    }
}
