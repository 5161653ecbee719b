using System.ComponentModel;

namespace RedisML.Exporting;

/// <summary>The form of a file of rows.</summary>
public enum ExportFormat
{
    Csv,

    /// <summary>An Arrow IPC file.</summary>
    Arrow,

    /// <summary>An Arrow IPC stream.</summary>
    ArrowStream,
    Parquet,

    /// <summary>A JSON object a line.</summary>
    JsonLines,
}

/// <summary>Which rows and columns of a dataset become which file.</summary>
public sealed record ExportOptions
{
    /// <summary>The file; it appears when it is whole. A name that ends in .gz or .zst compresses it.</summary>
    public required string Path { get; init; }

    /// <summary>Null for what the name of the file says.</summary>
    public ExportFormat? Format { get; init; }

    /// <summary>A condition on column values; <see cref="Skip"/> and <see cref="First"/> then count the rows for which it is true.
    /// Null for all rows.</summary>
    public string? Filter { get; init; }

    public long Skip { get; init; }

    public long First { get; init; } = long.MaxValue;

    /// <summary>The columns, in this order; all of them where it is empty.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>What separates fields of CSV.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether a text of CSV that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    public bool NeutralizeFormula { get; init; }

    /// <summary>Whether a file that exists already stays, and is an error.</summary>
    public bool NoClobber { get; init; }

    /// <summary>Whether a file that is marked read-only is replaced too.</summary>
    public bool Force { get; init; }
}

/// <summary>What an export did.</summary>
public sealed record ExportResult(
    string Dataset, long Version, string Path, ExportFormat Format, long Rows, long Bytes, [property: Browsable(false)] TimeSpan Elapsed)
{
    /// <summary>The seconds that it took.</summary>
    public double ElapsedSeconds => Elapsed.TotalSeconds;
}
