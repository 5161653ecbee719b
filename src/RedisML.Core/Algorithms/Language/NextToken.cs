namespace RedisML.Algorithms.Language;

/// <summary>A token that may come next.</summary>
/// <param name="Token">Its text; empty for the end of the text.</param>
/// <param name="Probability">Between 0 and 1.</param>
public sealed record NextToken(string Token, double Probability)
{
    /// <summary>Whether the text ends here.</summary>
    public bool IsEnd => Token == TokenHistory.Boundary;

    public override string ToString() => Token;
}
