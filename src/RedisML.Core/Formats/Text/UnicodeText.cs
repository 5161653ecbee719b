using RedisML.Errors;

namespace RedisML.Formats.Text;

/// <summary>Texts that can be written as UTF-8 and are the same when they are read again.</summary>
static class UnicodeText
{
    /// <summary>Whether a text is valid Unicode: it has no half of a surrogate pair alone.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        for (int at; (at = text.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0; text = text[(at + 2)..])
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return false;
        return true;
    }

    /// <param name="what">What has the text, such as a column.</param>
    public static RedisMLException Invalid(string what) => new("NotUnicode", ErrorKind.InvalidData,
        $"{what} has half of a character (a lone surrogate), which isn't valid Unicode. Read its source by the encoding that it has.",
        what);
}
