using System.Globalization;
using System.Text;

namespace RedisML.Errors;

/// <summary>Text from elsewhere as a terminal may show it: what would steer the terminal, or turn the text around,
/// comes out visible.</summary>
public static class VisibleText
{
    /// <summary>The text with control characters and those of the writing direction as <c>\xHH</c> or <c>\uHHHH</c>.
    /// A line feed and a tab stay.</summary>
    public static string Of(string text)
    {
        int first = 0;
        while (first < text.Length && !IsHidden(text[first])) first++;
        if (first == text.Length) return text;
        var visible = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (char c in text.AsSpan(first))
        {
            if (!IsHidden(c)) visible.Append(c);
            else if (c < 0x100) visible.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
            else visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }
        return visible.ToString();
    }

    static bool IsHidden(char c) =>
        char.IsControl(c) ? c is not ('\n' or '\t') : c is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E')
        or (>= '\u2066' and <= '\u2069');
}
