using System.Runtime.CompilerServices;
using System.Text;

namespace RedisML.Formats.Text;

/// <summary>How files usually spell a missing value among numbers and times: <c>NA</c>, <c>N/A</c>, <c>NULL</c>, <c>NaN</c>, <c>NaT</c>,
/// <c>None</c>, <c>\N</c>, <c>?</c>, <c>-</c>, and nothing but blanks.</summary>
/// <remarks>Words without case, as pandas, R, SQL and spreadsheets each write them. In a column of text they are text.</remarks>
static class MissingText
{
    const int MaxLength = 8;

    /// <summary>Whether a text is one of those that the user named, blanks around it aside.</summary>
    public static bool IsNamed(ReadOnlySpan<byte> text, ReadOnlyMemory<byte>[] names)
    {
        foreach (var name in names)
            if (text.SequenceEqual(name.Span)) return true;
        // Few texts have blanks around them.
        return names.Length > 0 && !text.IsEmpty && (text[0] <= ' ' || text[^1] <= ' ')
            && NumberText.Trimmed(text) is { Length: > 0 } trimmed && trimmed.Length < text.Length && IsNamed(trimmed, names);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsUsual(ReadOnlySpan<byte> text) =>
        // Nearly every value is a number, and ends in a digit.
        !text.IsEmpty && (text.Length <= MaxLength || text[^1] == ' ') && !char.IsAsciiDigit((char)text[^1])
            && IsSpelling(NumberText.Trimmed(text));

    [MethodImpl(MethodImplOptions.NoInlining)]
    static bool IsSpelling(ReadOnlySpan<byte> text) => text.Length switch
    {
        0 => true,
        1 => text[0] is (byte)'?' or (byte)'-',
        2 => text.SequenceEqual(@"\N"u8) || Is(text, "na"u8),
        3 => Is(text, "n/a"u8) || Is(text, "nan"u8) || Is(text, "nat"u8),
        4 => Is(text, "null"u8) || Is(text, "none"u8) || Is(text, "#n/a"u8) || Is(text, "<na>"u8) || Is(text, "-nan"u8)
            || Is(text, "+nan"u8),
        // As C of Windows prints a NaN.
        _ => text.EndsWith("1.#IND"u8) && text.Length <= 7 || text.EndsWith("1.#QNAN"u8) && text.Length <= 8,
    };

    static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
