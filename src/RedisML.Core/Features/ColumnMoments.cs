using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Features;

/// <summary>Count, mean, sum of squared deviations and range of a column, over the values that aren't missing.</summary>
/// <remarks>
/// Merging as in Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979):
/// the order of merging is the result's, to the bit.
/// </remarks>
internal readonly record struct ColumnMoments(long Count, long Missing, double Mean, double M2, double Minimum, double Maximum)
{
    /// <summary>The population deviation; 1 for a constant column, which standardising then makes 0.</summary>
    public double Scale
    {
        get
        {
            double deviation = Minimum == Maximum || Count == 0 ? 0 : Math.Sqrt(M2 / Count);
            return deviation == 0 ? 1 : deviation;
        }
    }

    /// <summary>False where a value is infinite, or too large to be squared.</summary>
    public bool IsFinite => double.IsFinite(M2);

    /// <summary>The moments of up to a few thousand values; NaN is missing.</summary>
    public static ColumnMoments Of(ReadOnlySpan<double> values)
    {
        Span<double> padded = stackalloc double[Lanes.RoundUp(values.Length)];
        values.CopyTo(padded);
        padded[values.Length..].Fill(double.NaN);
        var moments = Of(Lanes.Of(padded));
        return moments with { Missing = values.Length - moments.Count };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static ColumnMoments Of(Span<Vector512<double>> values)
    {
        var (counts, sums, squares) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var minimum = Vector512.Create(double.PositiveInfinity);
        var maximum = -minimum;
        foreach (var value in values)
        {
            var isPresent = Vector512.Equals(value, value);
            counts += Vector512.ConditionalSelect(isPresent, Vector512<double>.One, Vector512<double>.Zero);
            sums += Vector512.ConditionalSelect(isPresent, value, Vector512<double>.Zero);
            minimum = Vector512.ConditionalSelect(Vector512.LessThan(value, minimum), value, minimum);
            maximum = Vector512.ConditionalSelect(Vector512.GreaterThan(value, maximum), value, maximum);
        }
        double count = Lanes.Sum(counts);
        if (count == 0) return default;

        double mean = Lanes.Sum(sums) / count;
        var means = Vector512.Create(mean);
        foreach (var value in values)
        {
            var deviation = Vector512.ConditionalSelect(Vector512.Equals(value, value), value - means, Vector512<double>.Zero);
            squares += deviation * deviation;
        }
        return new((long)count, 0, mean, Lanes.Sum(squares), Lanes.Minimum(minimum), -Lanes.Minimum(-maximum));
    }

    public ColumnMoments Merge(in ColumnMoments other)
    {
        if (other.Count == 0) return this with { Missing = Missing + other.Missing };
        if (Count == 0) return other with { Missing = Missing + other.Missing };
        double count = Count + other.Count, delta = other.Mean - Mean;
        return new(Count + other.Count, Missing + other.Missing,
            Mean + delta * (other.Count / count),
            M2 + other.M2 + delta * delta * (Count * (other.Count / count)),
            Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));
    }
}
