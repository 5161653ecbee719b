using System.ComponentModel;

namespace RedisML.Columns;

/// <summary>Statistics of a column: kept a chunk as it is written, and merged in chunk order.</summary>
/// <param name="Count">Values that are there.</param>
/// <param name="Missing">Values that are missing.</param>
/// <param name="Mean">Of the values that are there; 0 for text and where there are none. Booleans count as 0 and 1.</param>
/// <param name="M2">Sum of the squared differences from the mean.</param>
/// <param name="Minimum">Null for text and where there are no values.</param>
/// <param name="Maximum">Null for text and where there are no values.</param>
public readonly record struct ColumnStatistics(
    long Count, long Missing, double Mean, [property: Browsable(false)] double M2, double? Minimum, double? Maximum)
{
    /// <summary>The statistics of both together.</summary>
    /// <remarks>Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for computing sample variances (1979).</remarks>
    public ColumnStatistics Merge(ColumnStatistics next)
    {
        long missing = Missing + next.Missing;
        if (next.Count == 0) return this with { Missing = missing };
        if (Count == 0) return next with { Missing = missing };
        long count = Count + next.Count;
        double delta = next.Mean - Mean, share = (double)next.Count / count;
        return new(count, missing, Mean + delta * share, M2 + next.M2 + delta * delta * Count * share,
            Least(Minimum, next.Minimum, Math.Min), Least(Maximum, next.Maximum, Math.Max));
    }

    static double? Least(double? a, double? b, Func<double, double, double> choose) =>
        a is null ? b : b is null ? a : choose(a.Value, b.Value);

    /// <summary>The population's standard deviation.</summary>
    public double StandardDeviation => Count == 0 ? 0 : Math.Sqrt(M2 / Count);
}
