using System.Text;
using RedisML.Formats.Text;

namespace RedisML.Formats.Json;

/// <summary>Which text stands for a missing value, besides null.</summary>
/// <param name="nullValues">What the user named; where that is nothing, the usual spellings are, among numbers and times.</param>
sealed class JsonMissing(IReadOnlyList<string> nullValues)
{
    readonly byte[][] _named = [.. nullValues.Select(Encoding.UTF8.GetBytes)];

    public bool IsNamed(ReadOnlySpan<byte> text)
    {
        foreach (var value in _named)
            if (text.SequenceEqual(value)) return true;
        return _named.Length > 0 && !text.IsEmpty && (text[0] <= ' ' || text[^1] <= ' ')
            && NumberText.Trimmed(text) is { Length: > 0 } trimmed && trimmed.Length < text.Length && IsNamed(trimmed);
    }

    /// <summary>Whether the usual spellings are, as nobody said what is.</summary>
    public bool TakesUsual => _named.Length == 0;

    public bool IsUsual(ReadOnlySpan<byte> text) => TakesUsual && MissingText.IsUsual(text);
}
