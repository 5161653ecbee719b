using System.Globalization;
using System.Text;

namespace RedisML.Formats.Text;

/// <summary>How a culture writes numbers: its signs, its decimal separator,
/// and what it puts between groups of digits of its sizes.</summary>
sealed class NumberCulture(CultureInfo culture)
{
    const int MaxLength = 128;

    readonly byte[] _point = Encoding.UTF8.GetBytes(culture.NumberFormat.NumberDecimalSeparator);
    readonly byte[][] _groups = [.. Groups(culture.NumberFormat.NumberGroupSeparator).Select(Encoding.UTF8.GetBytes)];
    readonly int[] _sizes = culture.NumberFormat.NumberGroupSizes;
    readonly byte[] _infinity = Encoding.UTF8.GetBytes(culture.NumberFormat.PositiveInfinitySymbol);
    readonly byte[] _notANumber = Encoding.UTF8.GetBytes(culture.NumberFormat.NaNSymbol);

    /// <summary>Its own signs first, and those that everyone writes.</summary>
    readonly (byte[] Text, byte Sign)[] _signs = [.. new[]
    {
        (culture.NumberFormat.NegativeSign, '-'), (culture.NumberFormat.PositiveSign, '+'), ("-", '-'), ("\u2212", '-'), ("+", '+'),
    }.Where(s => s.Item1 != "").Select(s => (Encoding.UTF8.GetBytes(s.Item1), (byte)s.Item2))];

    // Patterns 3 and 4 are 5- and 5 -.
    readonly bool _signBehind = culture.NumberFormat.NumberNegativePattern >= 3;

    /// <summary>How long the buffer for <see cref="TryNormalize"/> has to be.</summary>
    public const int BufferLength = MaxLength;

    /// <summary>Writes a number with a point, ASCII signs and without groups;
    /// false where it isn't written as the culture writes numbers.</summary>
    public bool TryNormalize(ReadOnlySpan<byte> text, Span<byte> buffer, out int length)
    {
        length = 0;
        text = NumberText.Trimmed(text);
        if (text.Length > buffer.Length) return false;
        var front = SignAt(text, atEnd: false);
        text = text[front.Length..];
        if (front.Length == 0 && _signBehind && SignAt(text, atEnd: true) is { Length: > 0 } behind)
        {
            front = behind;
            text = text[..^behind.Length];
        }
        text = NumberText.Trimmed(text);
        if (front.Length > 0) buffer[length++] = front.Sign;
        if (text.SequenceEqual(_infinity)) text = "inf"u8;
        if (text.SequenceEqual(_notANumber)) text = "nan"u8;
        if (text.IsEmpty) return false;
        if (text[0] is (< (byte)'0' or > (byte)'9') && !text.StartsWith(_point)) return TryCopy(text, buffer, ref length);
        return TryInteger(ref text, buffer, ref length) && TryFraction(text, buffer, ref length);
    }

    /// <summary>Whether a text is written as a number is with a decimal comma or with groups of three digits, such as 1234,5 or 1,234.50 or
    /// 1.234,5 or 1'234.50: some culture's, but not the invariant one's.</summary>
    public static bool LooksForeign(ReadOnlySpan<byte> text)
    {
        text = NumberText.Trimmed(text);
        if (text is [(byte)'-' or (byte)'+', ..]) text = text[1..];
        int digits = Digits(text), separators = 0;
        byte group = 0, other = 0;
        if (digits is 0 || digits == text.Length) return false;
        int length = digits;
        for (text = text[digits..]; !text.IsEmpty; text = text[(1 + length)..], separators++)
        {
            byte separator = text[0];
            length = Digits(text[1..]);
            if (length == 0 || other != 0 || separator is not ((byte)',' or (byte)'.' or (byte)'\'')) return false;
            if (separators == 0) group = separator;
            else if (separator != group) other = separator;
            bool isGroup = other == 0 && length == 3 && digits <= 3;
            // Only the last separator may have any number of digits behind it: it is the decimal one.
            if (!isGroup && (text.Length > 1 + length || separators > 0 && other == 0)) return false;
        }
        return separators > 1 || group == ',' || group == '\'' && length == 3;
    }

    static int Digits(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : text.Length;

    bool TryInteger(ref ReadOnlySpan<byte> text, Span<byte> buffer, ref int length)
    {
        Span<int> groups = stackalloc int[MaxLength];
        int count = 1;
        groups[0] = 0;
        while (!text.IsEmpty && !text.StartsWith(_point))
        {
            if (text[0] is >= (byte)'0' and <= (byte)'9')
            {
                buffer[length++] = text[0];
                groups[count - 1]++;
                text = text[1..];
            }
            else if (GroupAt(text) is > 0 and var separator)
            {
                groups[count++] = 0;
                text = text[separator..];
            }
            else break;
        }
        return count == 1 || AreGroups(groups[..count], _sizes) || AreGroups(groups[..count], [3]);
    }

    /// <summary>The last size holds for all groups further left; the first group may have fewer digits.</summary>
    static bool AreGroups(ReadOnlySpan<int> groups, ReadOnlySpan<int> sizes)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            int size = sizes.IsEmpty ? 0 : sizes[Math.Min(i, sizes.Length - 1)], digits = groups[^(i + 1)];
            bool first = i == groups.Length - 1;
            // A size of 0 has all digits that are left in one group.
            if (size == 0 ? !first || digits == 0 : first ? digits < 1 || digits > size : digits != size) return false;
        }
        return true;
    }

    bool TryFraction(ReadOnlySpan<byte> text, Span<byte> buffer, ref int length)
    {
        if (text.StartsWith(_point))
        {
            buffer[length++] = (byte)'.';
            text = text[_point.Length..];
        }
        while (!text.IsEmpty && text[0] is >= (byte)'0' and <= (byte)'9')
        {
            buffer[length++] = text[0];
            text = text[1..];
        }
        if (text.IsEmpty) return true;
        if (text[0] is not ((byte)'e' or (byte)'E')) return false;
        buffer[length++] = (byte)'e';
        text = text[1..];
        if (SignAt(text, atEnd: false) is { Length: > 0 } sign)
        {
            buffer[length++] = sign.Sign;
            text = text[sign.Length..];
        }
        return !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && TryCopy(text, buffer, ref length);
    }

    static bool TryCopy(ReadOnlySpan<byte> text, Span<byte> buffer, ref int length)
    {
        if (text.ContainsAny((byte)'.', (byte)',') && !text.StartsWith("1.#"u8) || !text.TryCopyTo(buffer[length..])) return false;
        length += text.Length;
        return true;
    }

    (byte Sign, int Length) SignAt(ReadOnlySpan<byte> text, bool atEnd)
    {
        foreach (var (sign, ascii) in _signs)
            if (atEnd ? text.EndsWith(sign) : text.StartsWith(sign)) return (ascii, sign.Length);
        return default;
    }

    int GroupAt(ReadOnlySpan<byte> text)
    {
        foreach (var group in _groups)
            if (text.StartsWith(group)) return group.Length;
        return 0;
    }

    /// <summary>Cultures that group by a narrow space are often typed with another space.</summary>
    static string[] Groups(string group) => group switch
    {
        "" => [],
        "\u00A0" or "\u202F" => ["\u00A0", "\u202F", " "],
        "’" => ["’", "'"],
        _ => [group],
    };
}
