using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Columns;

static class NumberStatistics
{
    /// <summary>The statistics of <paramref name="values"/>, none of which is NaN,
    /// beside <paramref name="missing"/> missing ones.</summary>
    /// <remarks>The mean first, then the squares of the differences: the differences don't cancel.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ColumnStatistics Of(ReadOnlySpan<double> values, int missing)
    {
        if (values.IsEmpty) return new(0, missing, 0, 0, null, null);
        var eights = Lanes.Of(values);
        var rest = values[(eights.Length * Lanes.Count)..];

        Vector512<double> least = Vector512.Create(double.PositiveInfinity), most = Vector512.Create(double.NegativeInfinity),
            sums = Vector512<double>.Zero;
        foreach (var eight in eights)
        {
            least = Vector512.Min(least, eight);
            most = Vector512.Max(most, eight);
            sums += eight;
        }
        double minimum = Lanes.Minimum(least), maximum = -Lanes.Minimum(-most), sum = Lanes.Sum(sums);
        foreach (double value in rest)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            sum += value;
        }

        double mean = sum / values.Length;
        var means = Vector512.Create(mean);
        var squares = Vector512<double>.Zero;
        foreach (var eight in eights) squares += (eight - means) * (eight - means);
        double m2 = Lanes.Sum(squares);
        foreach (double value in rest) m2 += (value - mean) * (value - mean);
        return new(values.Length, missing, mean, m2, minimum, maximum);
    }
}
