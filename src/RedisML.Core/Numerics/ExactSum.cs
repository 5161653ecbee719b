using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Numerics;

/// <summary>Sums of doubles that don't round, so that their bits don't depend on the order of additions.</summary>
/// <remarks>
/// Each number is first rounded to a multiple of 2⁻³⁰. Sums of such numbers are exact up to 2²³, where a double's 53 bits end; to keep
/// below, whoever adds n numbers limits each to <see cref="Limit"/> of n. (The idea is that of Demmel and Nguyen, "Fast reproducible
/// floating-point summation", 2013, with a grid that is fixed.)
/// </remarks>
internal static class ExactSum
{
    const double Largest = 1 << 23;

    // Adding it to a number below 2²¹ rounds that to a multiple of 2⁻³⁰.
    const double Grid = 3 << 21;

    /// <summary>How large each of so many numbers may be for their sum to be exact.</summary>
    public static float Limit(long count) => (float)(Largest / Math.Max(4, count));

    /// <summary>The nearest multiple of 2⁻³⁰.</summary>
    public static double Round(double value) => value + Grid - Grid;

    /// <summary>sum += values, each by each, each limited and rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> values, float limit, Span<double> sum)
    {
        sum = sum[..values.Length];
        var (most, least, grid) = (Vector256.Create(limit), Vector256.Create(-limit), Vector256.Create(Grid));
        ref float source = ref MemoryMarshal.GetReference(values);
        ref double target = ref MemoryMarshal.GetReference(sum);
        int i = 0;
        for (; i + SingleLanes.Count <= values.Length; i += SingleLanes.Count)
        {
            var value = Vector256.LoadUnsafe(ref source, (nuint)i);
            value = Vector256.MinNative(Vector256.MaxNative(value, least), most);
            var (lower, upper) = Vector256.Widen(value);
            (Vector256.LoadUnsafe(ref target, (nuint)i) + (lower + grid - grid)).StoreUnsafe(ref target, (nuint)i);
            (Vector256.LoadUnsafe(ref target, (nuint)i + 4) + (upper + grid - grid)).StoreUnsafe(ref target, (nuint)i + 4);
        }
        for (; i < values.Length; i++) sum[i] += Round(Math.Min(Math.Max(values[i], -limit), limit));
    }
}
