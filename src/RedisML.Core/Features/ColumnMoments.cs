using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Features;

/// <summary>Count, weight, mean, sum of squared deviations and range of a column, over the values that aren't missing.</summary>
/// <remarks>
/// Mean and deviations count each value by the weight of its row, so that a row of weight 2 is two rows; range and count know no weights.
/// Merging as in Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979):
/// the order of merging is the result's, to the bit.
/// </remarks>
internal readonly record struct ColumnMoments(long Count, long Missing, double Weight, double Mean, double M2, double Minimum,
    double Maximum)
{
    /// <summary>The population deviation; 1 for a constant column, which standardising then makes 0.</summary>
    public double Scale
    {
        get
        {
            double deviation = Minimum == Maximum || Count == 0 ? 0 : Math.Sqrt(M2 / Weight);
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
        return new((long)count, 0, count, mean, Lanes.Sum(squares), Lanes.Minimum(minimum), -Lanes.Minimum(-maximum));
    }

    /// <summary>The moments of up to a few thousand values, each of which counts by its weight.</summary>
    /// <param name="values">NaN is missing.</param>
    /// <param name="weights">Greater than 0, one a value; empty where each counts 1.</param>
    public static ColumnMoments Of(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        if (weights.IsEmpty) return Of(values);
        Span<double> present = stackalloc double[values.Length], deviations = stackalloc double[values.Length];
        for (int i = 0; i < values.Length; i++) present[i] = double.IsNaN(values[i]) ? 0 : weights[i];
        values.CopyTo(deviations);
        deviations.Replace(double.NaN, 0);
        double weight = Lanes.Sum(present);
        var range = Of(values);
        if (range.Count == 0) return range;
        if (range.Minimum == range.Maximum) return range with { Weight = weight, Mean = range.Minimum, M2 = 0 };
        double mean = Lanes.Dot(present, deviations) / weight;
        foreach (ref double value in deviations) value -= mean;
        Lanes.Multiply(present, deviations);
        return range with { Weight = weight, Mean = mean, M2 = Lanes.Dot(present, deviations) };
    }

    public ColumnMoments Merge(in ColumnMoments other)
    {
        if (other.Count == 0) return this with { Missing = Missing + other.Missing };
        if (Count == 0) return other with { Missing = Missing + other.Missing };
        double weight = Weight + other.Weight, delta = other.Mean - Mean;
        return new(Count + other.Count, Missing + other.Missing, weight,
            Mean + delta * (other.Weight / weight),
            M2 + other.M2 + delta * delta * (Weight * (other.Weight / weight)),
            Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));
    }
}
