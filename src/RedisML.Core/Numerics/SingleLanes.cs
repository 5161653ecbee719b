using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Numerics;

/// <summary>Vector arithmetic in single precision, in eight lanes.</summary>
/// <remarks>
/// Results are the same to the bit on every machine: where a product and a sum are rounded together, the code says so, and nothing else
/// decides it.
/// </remarks>
internal static class SingleLanes
{
    public const int Count = 8;

    /// <summary>eˣ for x ≤ 0, to the last bit or two; e⁻⁸⁷, about 2e-38, is the least it gives.</summary>
    /// <remarks>As <see cref="Lanes.ExpOfNonPositive"/>, with the polynomial of Moshier's Cephes.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ExpOfNonPositive(Vector256<float> x)
    {
        const float shift = 3 << 22; // adding it rounds to an integer, which is then in the lowest bits
        x = Vector256.Max(x, Vector256.Create(-87f));
        var shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(1.44269504f), Vector256.Create(shift));
        var n = shifted - Vector256.Create(shift);
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        var sum = Vector256.Create(1.9875691500e-4f);
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1.3981999507e-3f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(8.3334519073e-3f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(4.1665795894e-2f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1.6666665459e-1f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(5.0000001201e-1f));
        sum = Vector256.FusedMultiplyAdd(sum, r * r, r) + Vector256<float>.One;
        return (sum.AsInt32() + Vector256.ShiftLeft(shifted.AsInt32(), 23)).AsSingle(); // times 2ⁿ
    }

    /// <summary>The sum of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> lanes) =>
        lanes[0] + lanes[4] + (lanes[2] + lanes[6]) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));

    /// <summary>target += source, each by each. Lengths are a multiple of eight; so for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<float> target, ReadOnlySpan<float> source)
    {
        var sums = Of(target);
        var values = Of(source);
        for (int i = 0; i < sums.Length; i++) sums[i] += values[i];
    }

    /// <summary>target *= source, each by each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Span<float> target, ReadOnlySpan<float> source)
    {
        var products = Of(target);
        var values = Of(source);
        for (int i = 0; i < products.Length; i++) products[i] *= values[i];
    }

    /// <summary>target += a·b, each by each, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProducts(Span<float> target, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Of(target);
        var first = Of(a);
        var second = Of(b);
        for (int i = 0; i < sums.Length; i++) sums[i] = Vector256.FusedMultiplyAdd(first[i], second[i], sums[i]);
    }

    /// <summary>The values in eights; those left over aren't among them.</summary>
    public static Span<Vector256<float>> Of(Span<float> values) => MemoryMarshal.Cast<float, Vector256<float>>(values);

    /// <inheritdoc cref="Of(Span{float})"/>
    public static ReadOnlySpan<Vector256<float>> Of(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector256<float>>(values);
}
