using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Reads the short decimal numbers of a column, such as <c>-12.3456</c>,
/// four at a time and without branches on what they look like.</summary>
/// <remarks>
/// A text of up to eight bytes stands at the upper end of a word. Its sign and its point become masks; digits before the point move up
/// by a byte; eight digits become a number in three steps that join neighbours. The point's byte, read as the digit 1, becomes the
/// power of ten by the same steps. Results are the same as those of <see cref="DecimalText"/>.
/// </remarks>
static class DecimalVectors
{
    public const int Lanes = 4;

    /// <summary>The bytes of a word that a text takes, by its length.</summary>
    static ReadOnlySpan<ulong> TextMasks =>
    [
        0, 0xFF00000000000000, 0xFFFF000000000000, 0xFFFFFF0000000000, 0xFFFFFFFF00000000,
        0xFFFFFFFFFF000000, 0xFFFFFFFFFFFF0000, 0xFFFFFFFFFFFFFF00, 0xFFFFFFFFFFFFFFFF,
    ];

    /// <summary>Reads numbers with at most one point.</summary>
    /// <param name="exact">Whether those with a leading zero, such as 0123, are of another form.</param>
    /// <param name="values">Takes the values; it is as long as <paramref name="places"/>.</param>
    /// <returns>How many were read, from the first on: a multiple of four that ends before four of which one is of another form.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Read(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places, bool exact, Span<double> values)
    {
        ref byte start = ref MemoryMarshal.GetReference(block);
        ref double first = ref MemoryMarshal.GetReference(values[..places.Length]);
        int read = 0;
        for (; read <= places.Length - Lanes && TryLoad(ref start, places.Slice(read, Lanes), out var words, out var text); read += Lanes)
        {
            var sign = SignOf(words, text);
            var point = Vector256.Equals(words.AsByte(), Vector256.Create((byte)'.')).AsUInt64() & text;
            var whole = Vector256.Equals(point, Vector256<ulong>.Zero);
            // The lowest bit of the first point; what stands before it is below.
            var pointBit = point & (Vector256<ulong>.Zero - point);
            var before = pointBit - Vector256<ulong>.One;
            var present = text & ~sign & ~((pointBit << 8) - pointBit);
            if (exact && HaveLeadingZero(words, text & ~sign, present)) break;
            var digits = DigitsOf(words, present);
            digits = Vector256.ConditionalSelect(whole, digits, digits & ~before | (digits & before) << 8);
            if (!AreDigits(digits, present)) break;
            var power = Vector256.ConditionalSelect(whole, Vector256.Create(1UL << 56), pointBit);
            var quotients = Vector256.ConvertToDouble(NumberOf(digits)) / Vector256.ConvertToDouble(NumberOf(power));
            // The sign is put on the quotient, so that -0 stays what it is.
            (quotients.AsUInt64() | IsThere(sign) << 63).AsDouble().StoreUnsafe(ref first, (nuint)read);
        }
        return read;
    }

    /// <summary>Reads integers.</summary>
    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, ReadOnlySpan{FieldPlace}, bool, Span{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Read(ReadOnlySpan<byte> block, ReadOnlySpan<FieldPlace> places, bool exact, Span<long> values)
    {
        ref byte start = ref MemoryMarshal.GetReference(block);
        ref long first = ref MemoryMarshal.GetReference(values[..places.Length]);
        int read = 0;
        for (; read <= places.Length - Lanes && TryLoad(ref start, places.Slice(read, Lanes), out var words, out var text); read += Lanes)
        {
            var sign = SignOf(words, text);
            var present = text & ~sign;
            var digits = DigitsOf(words, present);
            if (!AreDigits(digits, present) || exact && HaveLeadingZero(words, present, present)) break;
            var negative = IsThere(sign).AsInt64();
            ((NumberOf(digits) ^ -negative) + negative).StoreUnsafe(ref first, (nuint)read);
        }
        return read;
    }

    /// <summary>Loads four texts, which lie within the block; false where one stands too near to its start, or elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TryLoad(ref byte block, ReadOnlySpan<FieldPlace> places, out Vector256<ulong> words, out Vector256<ulong> text)
    {
        var (a, b, c, d) = (places[0], places[1], places[2], places[3]);
        int atA = a.Start + a.Length - sizeof(ulong), atB = b.Start + b.Length - sizeof(ulong);
        int atC = c.Start + c.Length - sizeof(ulong), atD = d.Start + d.Length - sizeof(ulong);
        if ((atA | atB | atC | atD) < 0)
        {
            words = text = default;
            return false;
        }
        words = Vector256.Create(
            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref block, atA)), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref block, atB)),
            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref block, atC)), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref block, atD)));
        text = Vector256.Create(TextMasks[a.Length], TextMasks[b.Length], TextMasks[c.Length], TextMasks[d.Length]);
        return true;
    }

    /// <summary>The byte of a minus at the start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> SignOf(Vector256<ulong> words, Vector256<ulong> text) =>
        Vector256.Equals(words.AsByte(), Vector256.Create((byte)'-')).AsUInt64() & text & ~(text << 8);

    /// <summary>The values of digits, zeros in front of them; more than 9 for what isn't one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> DigitsOf(Vector256<ulong> words, Vector256<ulong> present) =>
        (words ^ Vector256.Create((byte)'0').AsUInt64()) & present;

    /// <summary>Whether each has a digit, and nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool AreDigits(Vector256<ulong> digits, Vector256<ulong> present) =>
        !Vector256.GreaterThanAny(digits.AsByte(), Vector256.Create((byte)9)) && !Vector256.EqualsAny(present, Vector256<ulong>.Zero);

    /// <summary>Whether one starts with a zero that another digit follows, and no point.</summary>
    /// <param name="unsigned">The bytes without the sign.</param>
    /// <param name="present">Those without the point.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool HaveLeadingZero(Vector256<ulong> words, Vector256<ulong> unsigned, Vector256<ulong> present)
    {
        var zero = Vector256.Equals(words.AsByte(), Vector256.Create((byte)'0')).AsUInt64() & unsigned & ~(unsigned << 8);
        return (zero << 8 & present) != Vector256<ulong>.Zero;
    }

    /// <summary>1 where the byte is there, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> IsThere(Vector256<ulong> mask) => Vector256.Equals(mask, Vector256<ulong>.Zero) + Vector256<ulong>.One;

    /// <summary>The numbers of eight digits each, the first in the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<long> NumberOf(Vector256<ulong> digits)
    {
        var pairs = (digits.AsUInt16() & Vector256.Create((ushort)0xFF)) * 10 + (digits.AsUInt16() >> 8);
        var fours = (pairs.AsUInt32() & Vector256.Create(0xFFFFu)) * 100 + (pairs.AsUInt32() >> 16);
        var halves = (fours * Vector256.Create(10_000u, 1, 10_000, 1, 10_000, 1, 10_000, 1)).AsUInt64();
        return ((halves & Vector256.Create((ulong)uint.MaxValue)) + (halves >> 32)).AsInt64();
    }
}
