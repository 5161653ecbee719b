using System.ComponentModel;
using System.Text.Json.Serialization;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Formats;

namespace RedisML.Importing;

/// <summary>What an import is to make of its source.</summary>
public sealed record ImportOptions : SourceOptions
{
    [JsonPropertyOrder(-2)]
    public required string Dataset { get; init; }

    /// <summary>The column to predict.</summary>
    [JsonPropertyOrder(-2)]
    public string? Label { get; init; }

    public ChunkCompression Compression { get; init; } = ChunkCompression.Lz4;

    /// <summary>How the rows lie in Redis; null for columnar, or as those that they are added to.</summary>
    public DatasetLayout? Layout { get; init; }

    /// <summary>For the layout Hash: the column by which a row is found; null for its number.</summary>
    public string? Key { get; init; }

    /// <summary>For the layout Hash: how long a row stays after it was written.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>What becomes of rows that don't fit.</summary>
    public BadRowPolicy BadRow { get; init; }

    /// <summary>More bad rows than this stop the import.</summary>
    public long MaxBadRows { get; init; } = long.MaxValue;

    /// <summary>Where <see cref="BadRowPolicy.Quarantine"/> writes; null for beside the file.</summary>
    public string? RejectPath { get; init; }

    /// <summary>Replaces a dataset that exists already.</summary>
    public bool Force { get; init; }

    /// <summary>Adds to a dataset that exists already.</summary>
    public bool Append { get; init; }

    /// <summary>What may differ between the source's columns and those of the dataset that it is added to.</summary>
    public SchemaChange SchemaChange { get; init; }

    /// <summary>Goes on with an import of the same source that broke off, where there is one.</summary>
    public bool Resume { get; init; }

    /// <summary>How many versions of the dataset are kept, the new one included; null for what was said before, two at first.</summary>
    public int? KeepVersions { get; init; }

    /// <summary>How many replicas are to have the data before it is published; null for none. Doesn't change what comes out.</summary>
    [JsonIgnore]
    public ReplicaDemand? Replicas { get; init; }

    /// <summary>Only what decides which rows come out of a source, and how.</summary>
    internal ImportOptions ForRows() =>
        this with { Force = false, Append = false, Resume = false, KeepVersions = null, RejectPath = null, MaxBadRows = 0 };
}

/// <summary>What may differ between the columns of rows that are added and those of the dataset.</summary>
[Flags]
public enum SchemaChange
{
    None,

    /// <summary>New columns are added, and missing ones are missing in the new rows.</summary>
    Add = 1,

    /// <summary>Values are read as the dataset's type; those that don't fit are bad rows.</summary>
    Coerce = 2,
}

/// <summary>How far an import is.</summary>
/// <param name="BytesRead">The bytes read of the file, compressed where it is.</param>
public readonly record struct ImportProgress(long Rows, long BytesRead, long BytesTotal);

/// <summary>What an import did.</summary>
public sealed record ImportResult
{
    public required string Dataset { get; init; }

    /// <summary>The version that the dataset now has.</summary>
    public required long Version { get; init; }

    public required long RowsRead { get; init; }

    public required long RowsWritten { get; init; }

    public long RowsRejected => RowsRead - RowsWritten;

    /// <summary>The file with the rejected rows, where there is one.</summary>
    public string? RejectPath { get; init; }

    /// <summary>The size of the file.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>The size of the chunks in Redis.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>How many bytes of columns became one byte of the chunks written; null where none was.</summary>
    public double? CompressionRatio { get; init; }

    [Browsable(false)]
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The seconds that it took.</summary>
    public double ElapsedSeconds => Elapsed.TotalSeconds;

    public double RowsPerSecond => RowsRead / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>How many of the rows read an import which broke off had read already.</summary>
    public long RowsResumed { get; init; }

    /// <summary>What the user should know: of the server, of values that were taken for missing,
    /// of columns that are text because of a few values.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the dataset came from the same source already, so that there was nothing to do.</summary>
    public bool Unchanged { get; init; }
}
