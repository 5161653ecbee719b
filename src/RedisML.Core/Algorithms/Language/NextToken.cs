using RedisML.Errors;

namespace RedisML.Algorithms.Language;

/// <summary>A token that may come next.</summary>
/// <param name="Token">Its text; empty for the end of the text.</param>
/// <param name="Probability">Between 0 and 1.</param>
public sealed record NextToken(string Token, double Probability)
{
    /// <summary>Whether the text ends here.</summary>
    public bool IsEnd => Token == TokenHistory.Boundary;

    /// <summary>The token as a table may show it: the end, spaces and what would steer a terminal come out visible.</summary>
    public string DisplayName => IsEnd ? "(end)" : string.IsNullOrWhiteSpace(Token)
        ? string.Concat(Token.Select(c => c is ' ' ? "(space)" : FormattableString.Invariant($"\\u{(int)c:X4}"))) : VisibleText.Of(Token);

    public override string ToString() => Token;
}
