using System.Globalization;
using System.Text;

namespace RedisML.Algorithms.Language;

/// <summary>Tokens as a text that a reader would write: the spaces that cutting took away are put where they belong.</summary>
static class TokenJoin
{
    public static string Join(IReadOnlyList<string> tokens, Tokenization tokenization)
    {
        var text = new StringBuilder();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokenization == Tokenization.Word && HasSpace(tokens[i - 1], tokens[i])) text.Append(' ');
            text.Append(tokens[i]);
        }
        return text.ToString();
    }

    static bool HasSpace(string left, string right)
    {
        Rune.DecodeLastFromUtf16(left, out var last, out _);
        Rune.DecodeFromUtf16(right, out var first, out _);
        return !TokenReader.IsUnspaced(last) && !TokenReader.IsUnspaced(first) && !Opens(last) && !Closes(first);
    }

    static bool Opens(Rune rune) => rune.Value is '¿' or '¡' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OpenPunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.DashPunctuation;

    static bool Closes(Rune rune) => rune.Value is '.' or ',' or ';' or ':' or '!' or '?' or '%' or '…' or '\''
            or (>= 0x3001 and <= 0x3002) or (>= 0xFF01 and <= 0xFF1F)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.DashPunctuation;
}
