using System.Text.Json.Serialization;
using RedisML.Columns;

namespace RedisML.Formats;

/// <summary>How the text of a source is read.</summary>
/// <remarks>Properties have an order in JSON because a fingerprint is made of that: a dataset imported before is known by it.</remarks>
public record SourceOptions
{
    /// <summary>The types of some or all columns; the others' are inferred.</summary>
    [JsonPropertyOrder(-1)]
    public IReadOnlyDictionary<string, ColumnType> Schema { get; init; } = new Dictionary<string, ColumnType>();

    /// <summary>What stands for a missing value, besides an empty field.</summary>
    [JsonPropertyOrder(-1)]
    public IReadOnlyList<string> NullValues { get; init; } = [];

    /// <summary>The encoding of files of text, by name; null for UTF-8, or UTF-16 where a byte order mark says so.</summary>
    [JsonPropertyOrder(-1)]
    public string? Encoding { get; init; }

    /// <summary>What separates the fields of CSV, an ASCII character; null to find it out.</summary>
    [JsonPropertyOrder(-1)]
    public char? Delimiter { get; init; }

    /// <summary>The columns' names for a CSV file without a header; null where it has one.</summary>
    [JsonPropertyOrder(-1)]
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>What lines of CSV start with that are passed over.</summary>
    [JsonPropertyOrder(-1)]
    public char? Comment { get; init; }

    /// <summary>The name of the culture whose decimal separator and groups of digits numbers in CSV have;
    /// null for a point and none.</summary>
    [JsonPropertyOrder(-1)]
    public string? Culture { get; init; }

    /// <summary>Whether runs of blanks separate the fields of CSV.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Whitespace { get; init; }

    /// <summary>What makes the character behind it an ordinary one in CSV, such as a backslash before quotes;
    /// null where quotes are doubled.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public char? Escape { get; init; }
}
