using RedisML.Errors;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Which ratings there may be: of events a count from 0 on.</summary>
internal static class RatingRange
{
    /// <param name="minimum">NaN where it isn't known; so the maximum.</param>
    public static bool Holds(bool isImplicit, double minimum, double maximum, double rating) =>
        float.IsFinite((float)rating) && (isImplicit ? rating >= 0 : !(rating < minimum) && !(rating > maximum));

    /// <exception cref="RedisMLException"><c>RatingOutOfRange</c>, also for NaN.</exception>
    public static void Check(bool isImplicit, double minimum, double maximum, double rating, object? target)
    {
        if (Holds(isImplicit, minimum, maximum, rating)) return;
        string range = isImplicit ? "a count of events is a number from 0 on"
            : (double.IsNaN(minimum), double.IsNaN(maximum)) switch
            {
                (true, true) => "ratings are numbers",
                (false, true) => FormattableString.Invariant($"ratings are numbers from {minimum} on"),
                (true, false) => FormattableString.Invariant($"ratings are numbers up to {maximum}"),
                _ => FormattableString.Invariant($"ratings are numbers from {minimum} to {maximum}"),
            };
        throw new RedisMLException("RatingOutOfRange", ErrorKind.InvalidData,
            FormattableString.Invariant($"A rating is {rating}, and {range}."), target);
    }
}
