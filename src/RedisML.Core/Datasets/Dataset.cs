using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Datasets.Rows;
using RedisML.Errors;

namespace RedisML.Datasets;

/// <summary>How the rows of a dataset lie in Redis.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatasetLayout>))]
public enum DatasetLayout
{
    /// <summary>Chunks of rows, column by column, as Arrow IPC streams.</summary>
    Columnar,

    /// <summary>A Redis hash a row, for lookup by key from other programs.</summary>
    Hash,

    /// <summary>An entry of a Redis stream a row.</summary>
    Stream,
}

/// <summary>A column of a dataset with its statistics.</summary>
public sealed record DatasetColumn(string Name, ColumnType Type, ColumnStatistics Statistics)
{
    [JsonIgnore]
    [Browsable(false)]
    public ColumnSchema Schema => new(Name, Type);

    public override string ToString() => Schema.ToString();
}

/// <summary>Where up to 1,000 chunk entries lie, and what they add up to.</summary>
public sealed record PageReference(string Key, int Chunks, long Rows, long Bytes);

/// <summary>A chunk of a dataset: its key, and what must be found there.</summary>
/// <param name="Crc32">The CRC-32 of the value, as zlib has it.</param>
public sealed record ChunkEntry(string Key, int Rows, int Bytes, uint Crc32);

/// <summary>What rows of a dataset came from.</summary>
/// <param name="Fingerprint">Tells whether the same source, read with the same options, comes again.</param>
/// <param name="Import">The id under which its chunks were written.</param>
public sealed record DatasetSource(string Fingerprint, string Import, long Rows);

/// <summary>A version of a dataset, as its head describes it. Immutable, like the pages and chunks that it names.</summary>
public sealed record Dataset
{
    public required string Name { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required IReadOnlyList<DatasetColumn> Columns { get; init; }

    /// <summary>The column to predict unless a training says otherwise.</summary>
    public string? Label { get; init; }

    public required long Rows { get; init; }

    /// <summary>Bytes of all chunks, as stored.</summary>
    public required long StoredBytes { get; init; }

    public DatasetLayout Layout { get; init; }

    /// <summary>Where the rows lie, unless the layout is columnar.</summary>
    [Browsable(false)]
    public RowPlacement? Placement { get; init; }

    public ChunkCompression Compression { get; init; }

    /// <summary>Tells whether the same source, read with the same options, made this version.</summary>
    [Browsable(false)]
    public required string Fingerprint { get; init; }

    /// <summary>Where its rows came from, in order; more than one where some were appended.</summary>
    [Browsable(false)]
    public IReadOnlyList<DatasetSource> Sources { get; init; } = [];

    /// <summary>How many versions are kept, this one included, unless the next import says otherwise.</summary>
    public int? KeepVersions { get; init; }

    [Browsable(false)]
    public required IReadOnlyList<PageReference> Pages { get; init; }

    [JsonIgnore]
    public int Chunks => Pages.Sum(p => p.Chunks);

    /// <summary>The column of this name, or an error that suggests the nearest.</summary>
    public DatasetColumn Column(string name) => Columns.FirstOrDefault(c => c.Name == name)
        ?? throw NearestName.NotFound("ColumnNotFound", $"column in dataset '{Name}' called", name, Columns.Select(c => c.Name));

    internal string ToJson() => JsonSerializer.Serialize(this, Json);

    internal static Dataset FromJson(string json) => JsonSerializer.Deserialize<Dataset>(json, Json)!;

    internal static string PageToJson(IReadOnlyList<ChunkEntry> entries) => JsonSerializer.Serialize(entries, Json);

    internal static IReadOnlyList<ChunkEntry> PageFromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<List<ChunkEntry>>(json, Json)!;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
