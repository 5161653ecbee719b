using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Features;

/// <summary>Standardises numbers in place.</summary>
internal static class Standardizer
{
    /// <summary>(x − mean) / scale; a missing value becomes 0, which is the mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<double> values, double mean, double scale)
    {
        var vectors = Lanes.Of(values);
        var (means, scales) = (Vector512.Create(mean), Vector512.Create(scale));
        foreach (ref var value in vectors)
            value = Vector512.ConditionalSelect(Vector512.Equals(value, value), (value - means) / scales, Vector512<double>.Zero);
        foreach (ref double value in values[(vectors.Length * Lanes.Count)..])
            value = double.IsNaN(value) ? 0 : (value - mean) / scale;
    }
}
