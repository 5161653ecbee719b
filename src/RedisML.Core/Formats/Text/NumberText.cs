using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace RedisML.Formats.Text;

/// <summary>The one grammar of numbers in text, for every type, source and culture.</summary>
/// <remarks>
/// A number is a sign (also U+2212), digits with at most one point, and an exponent; or an infinity or NaN in a spelling of pandas, NumPy,
/// Java, .NET, SQL or C. Blanks may surround it. What is read exactly, as for a type that was inferred, is also the same number when it
/// is written again: no <c>0123</c>, nothing that overflows, and no more digits than the type keeps.
/// </remarks>
static class NumberText
{
    /// <summary>Digits that every double keeps, and the most that any needs.</summary>
    const int SafeDigits = 15, MaxDigits = 17;

    const double MaxExactInteger = 1L << 53;
    const int MaxLength = 256;

    static readonly SearchValues<byte> s_plain = SearchValues.Create("0123456789.eE+-"u8);

    /// <param name="exact">Whether the text has to survive as a double.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDouble(scoped ReadOnlySpan<byte> text, bool exact, out double value) =>
        DecimalText.TryDouble(text, out value) ? !(exact && HasLeadingZero(text)) : TryOtherDouble(text, exact, out value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool TryOtherDouble(scoped ReadOnlySpan<byte> text, bool exact, out double value)
    {
        scoped Span<byte> buffer = stackalloc byte[MaxLength];
        text = Plain(text, buffer);
        if (!TryParse(text, out value)) return TrySpecial(text, out value);
        return double.IsFinite(value) && !(exact && (HasLeadingZero(text) || !Survives(text, value)));
    }

    /// <summary>A sign and digits: <c>5.0</c> is a fraction.</summary>
    /// <param name="exact">Whether <c>0123</c> is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInteger(scoped ReadOnlySpan<byte> text, bool exact, out long value) =>
        DecimalText.TryInt64(text, out value) ? !(exact && HasLeadingZero(text)) : TryOtherInteger(text, exact, out value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool TryOtherInteger(scoped ReadOnlySpan<byte> text, bool exact, out long value)
    {
        value = 0;
        scoped Span<byte> buffer = stackalloc byte[MaxLength];
        text = Plain(text, buffer);
        return IsDigits(text) && !(exact && HasLeadingZero(text)) && Utf8Parser.TryParse(text, out value, out _);
    }

    /// <inheritdoc cref="TryInteger"/>
    public static bool TryUnsigned(scoped ReadOnlySpan<byte> text, bool exact, out ulong value)
    {
        value = 0;
        if (TryInteger(text, exact, out long small))
        {
            value = (ulong)small;
            return small >= 0;
        }
        scoped Span<byte> buffer = stackalloc byte[MaxLength];
        text = Plain(text, buffer);
        return IsDigits(text) && !(exact && HasLeadingZero(text)) && Utf8Parser.TryParse(text.TrimStart((byte)'+'), out value, out _);
    }

    /// <summary>The text without blanks around it and with ASCII signs.</summary>
    /// <param name="buffer">Room for as much as the text, where it has other signs.</param>
    public static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        text = Trimmed(text);
        if (!text.Contains((byte)0xE2) || text.Length > buffer.Length) return text;
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool minus = text[i..].StartsWith("−"u8);
            buffer[length++] = minus ? (byte)'-' : text[i];
            if (minus) i += "−"u8.Length - 1;
        }
        return buffer[..length];
    }

    /// <summary>Without spaces, tabs and no-break spaces around it.</summary>
    public static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            text = text.Trim(" \t"u8);
            if (text.StartsWith("\u00A0"u8)) text = text[2..];
            else if (text.EndsWith("\u00A0"u8)) text = text[..^2];
            else return text;
        }
    }

    /// <summary>A number such as 01234 is a code whose zero matters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasLeadingZero(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        return digits is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..];
    }

    /// <summary>Whether it is written as an integer, however large.</summary>
    public static bool IsInteger(scoped ReadOnlySpan<byte> text)
    {
        scoped Span<byte> buffer = stackalloc byte[MaxLength];
        return IsDigits(Plain(text, buffer));
    }

    static bool IsDigits(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>Whether it is written as a number, also one that no type keeps, such as 01234 or 1e999.</summary>
    public static bool LooksLikeNumber(ReadOnlySpan<byte> text)
    {
        scoped Span<byte> buffer = stackalloc byte[MaxLength];
        return TryParse(Plain(text, buffer), out _);
    }

    /// <summary>Whether a finite double that was read from a text is all that the text says: its shortest form,
    /// or its digits written out, are the text's.</summary>
    /// <remarks>Fractions of up to 17 digits are what programs write of doubles, not all of which round the last digit alike.</remarks>
    public static bool Survives(ReadOnlySpan<byte> text, double value)
    {
        double size = Math.Abs(value);
        bool isShort = text.Length - (value < 0 ? 1 : 0) - (size < 1 ? 1 : 0) <= MaxDigits + 1;
        if (isShort && size is > 0 and < MaxExactInteger) return true;
        scoped Span<byte> digits = stackalloc byte[MaxLength], others = stackalloc byte[MaxLength + 16],
            written = stackalloc byte[MaxLength + 16];
        if (text.Length > MaxLength) return false;
        int count = SignificantDigits(text, digits);
        if (value == 0) return count == 0;
        if (count <= SafeDigits || count <= MaxDigits && (size < MaxExactInteger || text.ContainsAny((byte)'e', (byte)'E'))) return true;
        return IsWritten("R", count, digits, others, written, value) || IsWritten($"E{count - 1}", count, digits, others, written, value);
    }

    static bool IsWritten(string format, int count, ReadOnlySpan<byte> digits, Span<byte> others, Span<byte> written, double value) =>
        value.TryFormat(written, out int length, format, CultureInfo.InvariantCulture)
        && digits[..count].SequenceEqual(others[..SignificantDigits(written[..length], others)]);

    /// <summary>Copies the digits of a number without zeros at either end.</summary>
    static int SignificantDigits(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        int count = 0;
        foreach (byte c in text)
        {
            if (c is (byte)'e' or (byte)'E') break;
            if (c is >= (byte)'0' and <= (byte)'9' && (count > 0 || c != '0')) digits[count++] = c;
        }
        return ((ReadOnlySpan<byte>)digits[..count]).TrimEnd((byte)'0').Length;
    }

    /// <summary>Infinity where it overflows.</summary>
    static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;
        return !text.IsEmpty && !text.ContainsAnyExcept(s_plain) && double.TryParse(text, style, CultureInfo.InvariantCulture, out value);
    }

    static bool TrySpecial(ReadOnlySpan<byte> text, out double value)
    {
        bool negative = text is [(byte)'-', ..];
        var word = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        value = Is(word, "inf"u8) || Is(word, "infinity"u8) || word.SequenceEqual("∞"u8) || Is(word.TrimEnd((byte)'0'), "1.#inf"u8)
            ? negative ? double.NegativeInfinity : double.PositiveInfinity
            : double.NaN;
        return !double.IsNaN(value) || Is(word, "nan"u8) || Is(word, "nan(ind)"u8) || Is(word, "nan(snan)"u8)
            || Is(word.TrimEnd((byte)'0'), "1.#qnan"u8) || Is(word.TrimEnd((byte)'0'), "1.#ind"u8)
                || Is(word.TrimEnd((byte)'0'), "1.#snan"u8);
    }

    static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
