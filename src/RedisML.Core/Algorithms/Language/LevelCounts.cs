namespace RedisML.Algorithms.Language;

/// <summary>What a context saw in all.</summary>
/// <param name="Total">The sum of its counts.</param>
/// <param name="Distinct">How many tokens.</param>
/// <param name="Discount">What is taken off each count.</param>
readonly record struct LevelCounts(double Total, long Distinct, double Discount)
{
    /// <summary>Whether it saw anything; where it didn't, or was evicted, the shorter context stands for it.</summary>
    public bool IsSeen => Total > 0 && Distinct > 0;
}
