using System.Numerics.Tensors;

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
        Span<double> scratch = stackalloc double[values.Length];
        int missing = 0;
        if (double.IsNaN(TensorPrimitives.Sum(values)))
        {
            int count = 0;
            foreach (double value in values)
            {
                if (!double.IsNaN(value)) scratch[count++] = value;
            }
            missing = values.Length - count;
            scratch = scratch[..count];
        }
        else
        {
            values.CopyTo(scratch);
        }
        if (scratch.IsEmpty) return new(0, missing, 0, 0, 0, 0);
        double mean = TensorPrimitives.Sum(scratch) / scratch.Length;
        double minimum = TensorPrimitives.Min(scratch), maximum = TensorPrimitives.Max(scratch);
        TensorPrimitives.Subtract(scratch, mean, scratch);
        return new(scratch.Length, missing, mean, TensorPrimitives.SumOfSquares(scratch), minimum, maximum);
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
