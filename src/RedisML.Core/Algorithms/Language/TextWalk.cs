using RedisML.Formats.Text;

namespace RedisML.Algorithms.Language;

/// <summary>Goes through texts token by token, each from its begin to its end, which is a token too.</summary>
sealed class TextWalk(LanguageModelOptions options)
{
    readonly TokenReader _reader = new(options.Tokenization);
    bool _any;

    /// <summary>What precedes <see cref="Current"/>, as far as it was added.</summary>
    public TokenHistory History { get; } = new(options.Order);

    /// <summary>Texts that aren't valid Unicode, and were left out.</summary>
    public long Rejected { get; private set; }

    /// <summary>Whether <see cref="Current"/> is the end of the text.</summary>
    public bool IsAtEnd { get; private set; }

    public ReadOnlySpan<char> Current => IsAtEnd ? TokenHistory.Boundary : _reader.Current;

    /// <summary>Begins a text.</summary>
    /// <param name="batch">To which the history's numbers belong.</param>
    /// <returns>False for one that is left out.</returns>
    public bool TryStart(string text, NGramBatch batch)
    {
        if (!UnicodeText.IsValid(text))
        {
            Rejected++;
            return false;
        }
        _reader.Start(text);
        History.Begin(batch);
        _any = IsAtEnd = false;
        return true;
    }

    /// <summary>Goes on to the next token. A text without one has no end either.</summary>
    public bool MoveNext()
    {
        if (IsAtEnd) return false;
        if (_reader.MoveNext()) return _any = true;
        return IsAtEnd = _any;
    }
}
