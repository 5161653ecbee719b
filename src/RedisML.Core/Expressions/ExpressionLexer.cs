using System.Globalization;
using System.Text;

namespace RedisML.Expressions;

enum TokenKind
{
    Number,
    Text,

    /// <summary>A column, function or keyword.</summary>
    Name,

    /// <summary>A column in backticks or brackets.</summary>
    QuotedName,
    Symbol,
    End,
}

/// <param name="Value">What it says, without quotes.</param>
/// <param name="Position">Where it starts, from 0.</param>
readonly record struct Token(TokenKind Kind, string Value, int Position)
{
    internal bool Is(string symbol) => Kind == TokenKind.Symbol && Value == symbol;

    internal bool IsWord(string word) => Kind == TokenKind.Name && Value.Equals(word, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Value}'";
}

/// <summary>Cuts an expression into tokens.</summary>
static class ExpressionLexer
{
    /// <summary>The symbols, longer ones first, as a shorter one may begin them.</summary>
    static readonly string[] s_symbols =
        ["**", "==", "!=", "<>", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%", "^", "=", "<", ">", "!", "(", ")", ",", "@"];

    /// <summary>PowerShell's operators. With an i or a c before them they compare text without or with regard to case.</summary>
    static readonly string[] s_words = ["eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "in", "notin"];
    static readonly string[] s_logic = ["and", "or", "not"];

    internal static List<Token> Read(string text)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            int start = at;
            if (at == text.Length)
            {
                tokens.Add(new(TokenKind.End, "", start));
                return tokens;
            }
            tokens.Add(text[at] switch
            {
                '\'' or '"' => new(TokenKind.Text, ReadQuoted(text, ref at, text[at]), start),
                '`' => new(TokenKind.QuotedName, ReadQuoted(text, ref at, '`'), start),
                '[' => new(TokenKind.QuotedName, ReadQuoted(text, ref at, ']'), start),
                '.' or (>= '0' and <= '9') => new(TokenKind.Number, ReadNumber(text, ref at), start),
                char c when IsNameStart(c) => new(TokenKind.Name, ReadName(text, ref at), start),
                '$' => new(TokenKind.Name, ReadVariable(text, ref at), start),
                '-' when FindWord(text, at) is { } word => new(TokenKind.Symbol, Advance(ref at, word), start),
                _ => new(TokenKind.Symbol, ReadSymbol(text, ref at), start),
            });
        }
    }

    /// <summary>An operator such as <c>-gt</c>, in lower case. <c>a -in</c> has one where <c>a-in</c> and <c>a
    /// -income</c> subtract.</summary>
    static string? FindWord(string text, int at)
    {
        if (at > 0 && (IsNameStart(text[at - 1]) || char.IsDigit(text[at - 1]) || text[at - 1] == '.')) return null;
        int end = at + 1;
        string name = ReadName(text, ref end).ToLowerInvariant();
        bool isWord = s_logic.Contains(name) || s_words.Contains(name) || name.Length > 2 && name[0] is 'i' or 'c'
            && s_words.Contains(name[1..]);
        return isWord ? $"-{name}" : null;
    }

    static string Advance(ref int at, string word)
    {
        at += word.Length;
        return word;
    }

    /// <summary><c>$true</c> and <c>$false</c>; <c>$_.name</c> is the column.</summary>
    static string ReadVariable(string text, ref int at)
    {
        int start = at++;
        string name = ReadName(text, ref at);
        if (name.StartsWith("_.", StringComparison.Ordinal) && name.Length > 2) return name[2..];
        return name.ToLowerInvariant() is "true" or "false" ? name : throw ExpressionError.At(text, start,
            $"'${name}' means nothing: there are $true, $false and $_.column, and isnull(x) tells whether a value is missing");
    }

    static bool IsDigit(char c) => char.IsAsciiDigit(c);

    static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);

    /// <summary>Reads to the closing quote; a doubled one stands for itself.</summary>
    static string ReadQuoted(string text, ref int at, char close)
    {
        int start = at++;
        var value = new StringBuilder();
        for (; at < text.Length; value.Append(text[at++]))
        {
            if (text[at] != close) continue;
            if (++at == text.Length || text[at] != close) return value.ToString();
        }
        throw ExpressionError.At(text, start, $"a {text[start]} is never closed by {close}");
    }

    static string ReadNumber(string text, ref int at)
    {
        int start = at;
        Digits(ref at);
        if (at < text.Length && text[at] == '.')
        {
            at++;
            Digits(ref at);
            if (at - start == 1) throw ExpressionError.At(text, start, "digits were expected around the point");
        }
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            int exponent = at + 1;
            if (exponent < text.Length && text[exponent] is '+' or '-') exponent++;
            if (exponent < text.Length && IsDigit(text[exponent])) Digits(ref exponent);
            else throw ExpressionError.At(text, exponent, "the digits of an exponent were expected");
            at = exponent;
        }
        return text[start..at];

        void Digits(ref int i)
        {
            while (i < text.Length && IsDigit(text[i])) i++;
        }
    }

    static string ReadName(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && (IsNameStart(text[at]) || char.IsDigit(text[at]) || text[at] == '.'
            || char.GetUnicodeCategory(text[at]) is UnicodeCategory.NonSpacingMark)) at++;
        return text[start..at];
    }

    static string ReadSymbol(string text, ref int at)
    {
        foreach (var symbol in s_symbols)
        {
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) != 0) continue;
            at += symbol.Length;
            return symbol;
        }
        throw ExpressionError.At(text, at, $"'{text[at]}' means nothing; a name with such a character goes into brackets: [name]");
    }
}
