using System.Globalization;
using System.Text;

namespace RedisML.Formats.Text;

/// <summary>How a culture writes numbers: its decimal separator, and what it puts between groups of three digits.</summary>
sealed class NumberCulture(CultureInfo culture)
{
    const int MaxLength = 128;

    readonly byte[] _point = Encoding.UTF8.GetBytes(culture.NumberFormat.NumberDecimalSeparator);
    readonly byte[][] _groups = [.. Groups(culture.NumberFormat.NumberGroupSeparator).Select(Encoding.UTF8.GetBytes)];

    /// <summary>Room for <see cref="TryNormalize"/>.</summary>
    public const int BufferLength = MaxLength;

    /// <summary>Writes a number with a point and without groups; false where it isn't written as the culture writes numbers.</summary>
    public bool TryNormalize(ReadOnlySpan<byte> text, Span<byte> buffer, out int length)
    {
        length = 0;
        if (text.Length > buffer.Length) return false;
        int sinceGroup = -1;
        bool point = false;
        while (!text.IsEmpty)
        {
            int group = point ? 0 : GroupAt(text);
            if (group > 0)
            {
                // A group has three digits, the first one up to three.
                int digits = DigitsAtEnd(buffer[..length], sinceGroup);
                if (digits is < 1 or > 3 || sinceGroup >= 0 && digits != 3) return false;
                sinceGroup = length;
                text = text[group..];
            }
            else if (text.StartsWith(_point))
            {
                if (point || sinceGroup >= 0 && length - sinceGroup != 3) return false;
                point = true;
                buffer[length++] = (byte)'.';
                text = text[_point.Length..];
            }
            else if (text[0] is (byte)'.' or (byte)',') return false;
            else
            {
                buffer[length++] = text[0];
                text = text[1..];
            }
        }
        return point || sinceGroup < 0 || length - sinceGroup == 3;
    }

    int GroupAt(ReadOnlySpan<byte> text)
    {
        foreach (var group in _groups)
            if (text.StartsWith(group)) return group.Length;
        return 0;
    }

    static int DigitsAtEnd(ReadOnlySpan<byte> written, int from) => from >= 0 ? written.Length - from
        : written.Length - (written is [(byte)'-' or (byte)'+', ..] ? 1 : 0);

    /// <summary>Cultures that group by a narrow space are often typed with another space.</summary>
    static string[] Groups(string group) => group switch
    {
        "" => [],
        "\u00A0" or "\u202F" => ["\u00A0", "\u202F", " "],
        "’" => ["’", "'"],
        _ => [group],
    };
}
