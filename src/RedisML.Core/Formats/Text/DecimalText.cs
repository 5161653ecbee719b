using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RedisML.Numerics;

namespace RedisML.Formats.Text;

/// <summary>Reads short decimal numbers, such as <c>-12.3456</c>, eight digits at a time and without branches on the digits.</summary>
/// <remarks>
/// Most numbers in files are of this form; what isn't is left to others. A number of up to 15 digits divided by a power of ten
/// up to 10²² is rounded once, so that the result is the nearest double (Clinger, "How to read floating point numbers accurately",
/// 1990). Eight digits become a number by three multiplications (Lemire, "Quickly parsing eight digits", 2022).
/// </remarks>
static class DecimalText
{
    const int MaxExactDigits = 15;
    const ulong Zeros = 0x3030303030303030;

    /// <summary>A sign, digits, at most one point; false for every other form, whether it is a number or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (!TryRead(text, out long digits, out int decimals))
        {
            value = 0;
            return false;
        }
        // The sign is put on the quotient, so that -0 stays what it is; without a branch, since signs are hard to predict.
        value = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(digits / PowersOfTen.Exact[decimals])
            | (long)Negative(text) << 63);
        return true;
    }

    /// <summary>A sign and digits; false for every other form, and for more than 15 digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryInt64(ReadOnlySpan<byte> text, out long value)
    {
        if (!TryRead(text, out value, out int decimals) || decimals != 0 || text[^1] == '.') return false;
        value = (value ^ -Negative(text)) + Negative(text);
        return true;
    }

    /// <summary>1 where the text starts with a minus, else 0.</summary>
    static int Negative(ReadOnlySpan<byte> text) => text[0] == '-' ? 1 : 0;

    /// <param name="digits">The digits as a number, without sign and point.</param>
    /// <param name="decimals">How many digits there are after the point.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TryRead(ReadOnlySpan<byte> text, out long digits, out int decimals) =>
        text.Length <= sizeof(ulong) ? TryReadShort(text, out digits, out decimals) : TryReadLong(text, out digits, out decimals);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TryReadShort(ReadOnlySpan<byte> text, out long digits, out int decimals)
    {
        (digits, decimals) = (0, 0);
        if (text.IsEmpty) return false;
        ulong bytes = LoadRight(text);
        int blank = sizeof(ulong) - text.Length + Negative(text);

        // The point is taken out: what stands before it moves up by a byte.
        ulong point = FirstEqual(bytes, (byte)'.');
        if (point != 0)
        {
            int at = BitOperations.TrailingZeroCount(point) / 8;
            ulong before = (1UL << (8 * at)) - 1;
            bytes = (bytes & ~before & ~(0xFFUL << (8 * at))) | (bytes & before) << 8;
            decimals = sizeof(ulong) - 1 - at;
            blank++;
        }
        if (blank >= sizeof(ulong)) return false;
        ulong blanks = (1UL << (8 * blank)) - 1;
        bytes = (bytes & ~blanks) | (Zeros & blanks);
        if (((bytes & 0xF0F0F0F0F0F0F0F0) ^ Zeros | (bytes + 0x0606060606060606 & 0xF0F0F0F0F0F0F0F0) ^ Zeros) != 0) return false;
        digits = EightDigits(bytes);
        return true;
    }

    static bool TryReadLong(ReadOnlySpan<byte> text, out long digits, out int decimals)
    {
        (digits, decimals) = (0, 0);
        int start = Negative(text), point = -1;
        if (text.Length - start > MaxExactDigits + 1) return false;
        for (int i = start; i < text.Length; i++)
        {
            uint digit = (uint)text[i] - '0';
            if (digit <= 9) digits = 10 * digits + digit;
            else if (text[i] == '.' && point < 0) point = i;
            else return false;
        }
        if (point < 0) return text.Length - start <= MaxExactDigits;
        decimals = text.Length - 1 - point;
        return true;
    }

    /// <summary>1 to 8 bytes at the upper end of a word, zeros below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong LoadRight(ReadOnlySpan<byte> text)
    {
        int n = text.Length, shift = 8 * (sizeof(ulong) - n);
        // Two reads may overlap: then they agree where they do.
        if (n >= sizeof(uint))
            return (ulong)MemoryMarshal.Read<uint>(text[(n - sizeof(uint))..]) << 32 | (ulong)MemoryMarshal.Read<uint>(text) << shift;
        return (text[0] | (ulong)text[n >> 1] << (8 * (n >> 1)) | (ulong)text[n - 1] << (8 * (n - 1))) << shift;
    }

    /// <summary>The top bit of the lowest byte that equals <paramref name="value"/> is the lowest bit set; 0 where none does.</summary>
    static ulong FirstEqual(ulong bytes, byte value)
    {
        ulong difference = bytes ^ 0x0101010101010101UL * value;
        return difference - 0x0101010101010101 & ~difference & 0x8080808080808080;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long EightDigits(ulong digits)
    {
        digits -= Zeros;
        digits = digits * 10 + (digits >> 8);
        return (long)(
            ((digits & 0x000000FF000000FF) * 0x000F424000000064 + (digits >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32);
    }
}
