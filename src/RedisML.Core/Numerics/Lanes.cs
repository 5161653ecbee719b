using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Numerics;

/// <summary>Vector arithmetic in eight lanes of double, whatever the hardware's width.</summary>
/// <remarks>
/// Results are the same to the bit on every machine: products and sums are rounded apart, and lanes are added in a fixed order.
/// Loops are compiled with full optimization at once: a training has no time to warm up in.
/// </remarks>
internal static class Lanes
{
    public const int Count = 8;

    /// <summary>The values in eights; those left over aren't among them.</summary>
    public static ReadOnlySpan<Vector512<double>> Of(ReadOnlySpan<double> values) => MemoryMarshal.Cast<double, Vector512<double>>(values);

    /// <inheritdoc cref="Of(ReadOnlySpan{double})"/>
    public static Span<Vector512<double>> Of(Span<double> values) => MemoryMarshal.Cast<double, Vector512<double>>(values);

    /// <summary>The least multiple of eight that isn't less.</summary>
    public static int RoundUp(int length) => (length + Count - 1) / Count * Count;

    /// <summary>The sum of the lanes.</summary>
    public static double Sum(Vector512<double> lanes) =>
        lanes[0] + lanes[4] + (lanes[2] + lanes[6]) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));

    /// <summary>eˣ for x ≤ 0, to the last bit or two; e⁻⁷⁰⁸, about 3e-308, is the least it gives.</summary>
    /// <remarks>
    /// <see cref="Vector512.Exp(Vector512{double})"/> won't do: it fuses products and sums or not as the runtime compiles it, and
    /// compiles it again, so that two runs in one process differ.
    /// x = n·ln 2 + r, with ln 2 in two parts (Cody and Waite, 1980) and a Taylor polynomial for r.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ExpOfNonPositive(Vector512<double> x)
    {
        const double shift = 3L << 51; // adding it rounds to an integer, which is then in the lowest bits
        x = Vector512.Max(x, Vector512.Create(-708.0));
        var shifted = x * Vector512.Create(1.4426950408889634) + Vector512.Create(shift);
        var n = shifted - Vector512.Create(shift);
        var r = x - n * Vector512.Create(6.93147180369123816490e-01) - n * Vector512.Create(1.90821492927058770002e-10);
        var sum = Vector512.Create(1 / 6227020800.0);
        sum = sum * r + Vector512.Create(1 / 479001600.0);
        sum = sum * r + Vector512.Create(1 / 39916800.0);
        sum = sum * r + Vector512.Create(1 / 3628800.0);
        sum = sum * r + Vector512.Create(1 / 362880.0);
        sum = sum * r + Vector512.Create(1 / 40320.0);
        sum = sum * r + Vector512.Create(1 / 5040.0);
        sum = sum * r + Vector512.Create(1 / 720.0);
        sum = sum * r + Vector512.Create(1 / 120.0);
        sum = sum * r + Vector512.Create(1 / 24.0);
        sum = sum * r + Vector512.Create(1 / 6.0);
        sum = sum * r + Vector512.Create(0.5);
        sum = sum * r + Vector512<double>.One;
        sum = sum * r + Vector512<double>.One;
        return (sum.AsInt64() + Vector512.ShiftLeft(shifted.AsInt64(), 52)).AsDouble(); // times 2ⁿ
    }

    /// <summary>The least of the lanes, none of which is NaN.</summary>
    public static double Minimum(Vector512<double> lanes)
    {
        double minimum = lanes[0];
        for (int i = 1; i < Count; i++) minimum = Math.Min(minimum, lanes[i]);
        return minimum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<double> values)
    {
        var vectors = Of(values);
        var sums = Vector512<double>.Zero;
        foreach (var vector in vectors) sums += vector;
        double rest = 0;
        for (int i = vectors.Length * Count; i < values.Length; i++) rest += values[i];
        return Sum(sums) + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var first = Of(a);
        var second = Of(b[..a.Length]);
        var sums = Vector512<double>.Zero;
        for (int i = 0; i < first.Length; i++) sums += first[i] * second[i];
        double rest = 0;
        for (int i = first.Length * Count; i < a.Length; i++) rest += a[i] * b[i];
        return Sum(sums) + rest;
    }

    /// <summary>target *= source, each by each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Span<double> target, ReadOnlySpan<double> source)
    {
        var first = Of(target);
        var second = Of(source[..target.Length]);
        for (int i = 0; i < first.Length; i++) first[i] *= second[i];
        for (int i = first.Length * Count; i < target.Length; i++) target[i] *= source[i];
    }

    /// <summary>target /= divisor, each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide(Span<double> target, double divisor)
    {
        var vectors = Of(target);
        var divisors = Vector512.Create(divisor);
        foreach (ref var vector in vectors) vector /= divisors;
        foreach (ref double value in target[(vectors.Length * Count)..]) value /= divisor;
    }

    /// <summary>target += factor · source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> source)
    {
        var first = Of(target);
        var second = Of(source[..target.Length]);
        var factors = Vector512.Create(factor);
        for (int i = 0; i < first.Length; i++) first[i] += factors * second[i];
        for (int i = first.Length * Count; i < target.Length; i++) target[i] += factor * source[i];
    }
}
