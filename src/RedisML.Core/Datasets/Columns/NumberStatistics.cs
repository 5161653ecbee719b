using System.Numerics.Tensors;

namespace RedisML.Datasets.Columns;

static class NumberStatistics
{
    /// <summary>The statistics of <paramref name="values"/>, which it overwrites, beside <paramref name="missing"/> missing ones.</summary>
    /// <remarks>The mean first, then the squares of the differences: the differences don't cancel.</remarks>
    public static ColumnStatistics Of(Span<double> values, int missing)
    {
        if (values.IsEmpty) return new(0, missing, 0, 0, null, null);
        double minimum = TensorPrimitives.Min(values), maximum = TensorPrimitives.Max(values);
        double mean = TensorPrimitives.Sum<double>(values) / values.Length;
        TensorPrimitives.Subtract(values, mean, values);
        return new(values.Length, missing, mean, TensorPrimitives.SumOfSquares<double>(values), minimum, maximum);
    }
}
