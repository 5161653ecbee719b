using System.Numerics.Tensors;

namespace RedisML.Features;

/// <summary>Standardises numbers in place.</summary>
internal static class Standardizer
{
    /// <param name="replaceMissing">Whether NaN becomes 0, the standardised mean.</param>
    public static void Apply(Span<double> values, double mean, double scale, bool replaceMissing)
    {
        TensorPrimitives.Subtract(values, mean, values);
        TensorPrimitives.Divide(values, scale, values);
        if (!replaceMissing) return;
        foreach (ref double value in values)
        {
            if (double.IsNaN(value)) value = 0;
        }
    }
}
