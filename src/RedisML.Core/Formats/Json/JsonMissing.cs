using System.Text;
using RedisML.Formats.Text;

namespace RedisML.Formats.Json;

/// <summary>Which text stands for a missing value, besides null.</summary>
/// <param name="nullValues">What the user named; where that is nothing, the usual spellings are, among numbers and times.</param>
sealed class JsonMissing(IReadOnlyList<string> nullValues)
{
    readonly ReadOnlyMemory<byte>[] _named = [.. nullValues.Select(value => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(value))];

    public bool IsNamed(ReadOnlySpan<byte> text) => MissingText.IsNamed(text, _named);

    /// <summary>Whether the usual spellings are, as nobody said what is.</summary>
    public bool TakesUsual => _named.Length == 0;

    public bool IsUsual(ReadOnlySpan<byte> text) => TakesUsual && MissingText.IsUsual(text);
}
