namespace RedisML.Algorithms.Language;

/// <summary>Interpolated Kneser-Ney smoothing: what a context saw, less a discount, and for the rest what the shorter one says.</summary>
/// <remarks>
/// R. Kneser, H. Ney: Improved backing-off for m-gram language modeling, ICASSP 1995; the discount from counts of counts as in H. Ney,
/// U. Essen, R. Kneser: On structuring probabilistic dependences in stochastic language modelling, 1994; interpolated as in S. F. Chen,
/// J. Goodman: An empirical study of smoothing techniques for language modeling, 1999. Below the longest contexts a token counts once
/// for each token that it was seen after (its continuation count). Contexts that begin with the begin of a text have nothing before
/// them, and count as the longest do, as in K. Heafield: KenLM, 2011.
/// </remarks>
static class KneserNey
{
    /// <summary>The discount while too little was seen to estimate one.</summary>
    public const double FirstDiscount = 0.75;

    /// <summary>The discount of a level.</summary>
    /// <param name="ones">N-grams that were seen once.</param>
    /// <param name="twos">N-grams that were seen twice.</param>
    public static double Discount(double ones, double twos) => ones > 0 && twos > 0 ? ones / (ones + 2 * twos) : FirstDiscount;

    /// <summary>What every token has before anything was seen of it, an unknown one too.</summary>
    /// <param name="vocabulary">Tokens that were seen.</param>
    public static double Uniform(long vocabulary) => 1.0 / (vocabulary + 1);

    /// <summary>The probability of a token in a context, from that in the context without its first token.</summary>
    /// <param name="count">How often it was seen there; 0 for never.</param>
    public static double Interpolate(double shorter, double count, LevelCounts level) =>
        (Math.Max(count - level.Discount, 0) + level.Discount * level.Distinct * shorter) / level.Total;
}
