using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Training;

/// <summary>Arithmetic of the optimizer, the same to the bit on every machine: nodes must agree on each step.</summary>
/// <remarks>Sums run in eight lanes whatever the hardware's width, products and sums are rounded apart, and lanes are added in a fixed order.</remarks>
internal static class Lanes
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref double first = ref MemoryMarshal.GetReference(a), second = ref MemoryMarshal.GetReference(b[..a.Length]);
        var sums = Vector512<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            sums += Vector512.LoadUnsafe(ref first, (nuint)i) * Vector512.LoadUnsafe(ref second, (nuint)i);
        double rest = 0;
        for (; i < a.Length; i++) rest += a[i] * b[i];
        return sums[0] + sums[4] + (sums[2] + sums[6]) + (sums[1] + sums[5] + (sums[3] + sums[7])) + rest;
    }

    /// <summary>target += factor · source.</summary>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> source) =>
        TensorPrimitives.MultiplyAdd(source, factor, target, target);
}
