using System.Globalization;
using System.Text;

namespace RedisML.Algorithms.Language;

/// <summary>Cuts a text into tokens, one after the other.</summary>
/// <remarks>Words are those of Unicode's annex 29, without a dictionary; white space lies between them and is no token.</remarks>
sealed class TokenReader(Tokenization tokenization)
{
    /// <summary>The longest token, in UTF-16 units. What is longer, such as a word without an end, is cut.</summary>
    public const int MaxLength = 128;

    string _text = "";
    int _start, _end;

    public ReadOnlySpan<char> Current => _text.AsSpan(_start, _end - _start);

    /// <summary>All tokens of a text.</summary>
    public static List<string> ReadAll(string text, Tokenization tokenization)
    {
        var reader = new TokenReader(tokenization);
        reader.Start(text);
        List<string> tokens = [];
        while (reader.MoveNext()) tokens.Add(reader.Current.ToString());
        return tokens;
    }

    public void Start(string text) => (_text, _start, _end) = (text, 0, 0);

    public bool MoveNext()
    {
        _start = _end;
        if (tokenization == Tokenization.Word) SkipSpace();
        if (_start == _text.Length) return false;
        int length = tokenization == Tokenization.Word && IsWord(RuneAt(_start)) ? WordLength() : CharacterLength();
        if (length > MaxLength) length = char.IsHighSurrogate(_text[_start + MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        _end = _start + length;
        return true;
    }

    /// <summary>Whether a script writes it without spaces between words.</summary>
    internal static bool IsUnspaced(Rune rune) => rune.Value is (>= 0x3005 and <= 0x3007) or (>= 0x3041 and <= 0x309F)
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
        or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF);

    static bool IsWord(Rune rune) =>
        (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.ConnectorPunctuation) && !IsUnspaced(rune);

    /// <summary>What belongs to the character before it: accents, vowel signs, joiners.</summary>
    static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark || rune.Value is 0x200C or 0x200D or 0x00AD;

    /// <summary>What joins two letters, or two digits, to one word: <c>don't</c>, <c>3.14</c>, <c>1,000</c>.</summary>
    static bool Joins(char middle, Rune before, Rune after) => middle switch
    {
        '\'' or '’' or '.' => Rune.IsLetter(before) == Rune.IsLetter(after),
        '·' => Rune.IsLetter(before) && Rune.IsLetter(after),
        ',' => Rune.IsDigit(before) && Rune.IsDigit(after),
        _ => false,
    };

    void SkipSpace()
    {
        while (_start < _text.Length)
        {
            var rune = RuneAt(_start);
            if (!Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)) return;
            _start += rune.Utf16SequenceLength;
        }
    }

    int WordLength()
    {
        int at = _start;
        var before = RuneAt(at);
        while (at < _text.Length && at - _start <= MaxLength)
        {
            var rune = RuneAt(at);
            if (IsWord(rune)) before = rune;
            else if (!IsMark(rune) && !(at + 1 < _text.Length && rune.IsBmp
                && RuneAt(at + 1) is var after && IsWord(after) && Joins((char)rune.Value, before, after))) break;
            at += rune.Utf16SequenceLength;
        }
        return at - _start;
    }

    int CharacterLength()
    {
        // Of two characters of ASCII the first stands alone; a line end of two is one.
        if (_text[_start] < 0x80 && _text[_start] != '\r' && (_start + 1 == _text.Length || _text[_start + 1] < 0x80)) return 1;
        // A character may have any number of marks: no more is looked at than a token holds.
        return StringInfo.GetNextTextElementLength(_text.AsSpan(_start, Math.Min(_text.Length - _start, MaxLength + 1)));
    }

    Rune RuneAt(int index)
    {
        Rune.DecodeFromUtf16(_text.AsSpan(index), out var rune, out _);
        return rune;
    }
}
