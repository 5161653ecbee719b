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
        return false;
    }

    public bool IsUsual(ReadOnlySpan<byte> text) => _named.Length == 0 && MissingText.IsUsual(text);
}
