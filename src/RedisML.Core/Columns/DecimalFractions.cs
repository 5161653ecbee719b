using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Apache.Arrow;
using RedisML.Numerics;

namespace RedisML.Columns;

/// <summary>Doubles that are decimal fractions of up to nine digits, such as prices and measurements,
/// as integers and one power of ten.</summary>
/// <remarks>
/// Half the size, and losslessly so: an integer of so few digits divided by a power of ten is rounded once, to the double that stood
/// for the fraction; every value is tried. The idea is that of ALP (Afroozeh et al., "ALP: Adaptive Lossless floating-Point
/// Compression", SIGMOD 2024); the form is Arrow's Decimal32.
/// </remarks>
static class DecimalFractions
{
    /// <summary>The digits that a Decimal32 holds, and so the most of them that stand behind the point.</summary>
    public const int MaxDigits = 9;

    const double MaxInteger = 999_999_999;

    /// <summary>Adding and subtracting it rounds to an integer, which the lowest bits of the sum hold in between.</summary>
    const double Rounding = 3L << 51;

    /// <summary>Finds the least scale that all values have in common; false where one isn't such a fraction,
    /// as NaN and −0 aren't.</summary>
    /// <param name="integers">Takes the integers; it is as long as <paramref name="values"/>.</param>
    public static bool TryEncode(ReadOnlySpan<double> values, Span<int> integers, out int scale)
    {
        for (scale = 0; ;)
        {
            int fitting = Encode(values, integers, PowersOfTen.Exact[scale]);
            if (fitting == values.Length) return true;
            do
                if (++scale > MaxDigits) return false;
            while (!IsFraction(values[fitting], PowersOfTen.Exact[scale]));
        }
    }

    /// <summary>The doubles again, of as many rows from <paramref name="start"/> on as <paramref name="values"/> has places.</summary>
    public static void Decode(Decimal32Array array, int start, Span<double> values) =>
        Decode(MemoryMarshal.Cast<byte, int>(array.ValueBuffer.Span).Slice(array.Offset + start, values.Length),
            PowersOfTen.Exact[array.Scale], values);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Decode(ReadOnlySpan<int> integers, double power, Span<double> values)
    {
        int i = 0;
        for (; i <= integers.Length - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(integers[i..]));
            (Vector256.ConvertToDouble(low) / Vector256.Create(power)).CopyTo(values[i..]);
            (Vector256.ConvertToDouble(high) / Vector256.Create(power)).CopyTo(values[(i + Vector256<double>.Count)..]);
        }
        for (; i < integers.Length; i++) values[i] = integers[i] / power;
    }

    /// <returns>How many values from the first on are fractions of this power.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Encode(ReadOnlySpan<double> values, Span<int> integers, double power)
    {
        int i = 0;
        for (; i <= values.Length - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            var fits = Encode(values[i..], power, out var low) & Encode(values[(i + Vector256<double>.Count)..], power, out var high);
            if (fits != Vector256<long>.AllBitsSet) break;
            Vector256.Narrow(low, high).CopyTo(integers[i..]);
        }
        for (; i < values.Length && IsFraction(values[i], power); i++) integers[i] = (int)Math.Round(values[i] * power);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<long> Encode(ReadOnlySpan<double> values, double power, out Vector256<long> integers)
    {
        var exact = Vector256.Create(values);
        var shifted = exact * Vector256.Create(power) + Vector256.Create(Rounding);
        integers = shifted.AsInt64();
        var rounded = shifted - Vector256.Create(Rounding);
        var same = Vector256.Equals((rounded / Vector256.Create(power)).AsInt64(), exact.AsInt64());
        return same & Vector256.LessThanOrEqual(Vector256.Abs(rounded), Vector256.Create(MaxInteger)).AsInt64();
    }

    static bool IsFraction(double value, double power)
    {
        double rounded = Math.Round(value * power) + 0.0;
        return Math.Abs(rounded) <= MaxInteger && BitConverter.DoubleToInt64Bits(rounded / power) == BitConverter.DoubleToInt64Bits(value);
    }
}
