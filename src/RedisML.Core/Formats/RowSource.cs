using System.Text.Json.Serialization;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Formats.Json;

namespace RedisML.Formats;

/// <summary>A column as a source has it.</summary>
/// <param name="Type">Null where no value was seen yet: then any value widens it.</param>
/// <param name="Inferred">Whether the type was concluded from samples, so that later values may widen it.</param>
sealed record SourceColumn(string Name, ColumnType? Type, bool Inferred)
{
    public ColumnSchema Schema => new(Name, Type ?? ColumnType.Utf8);

    /// <summary>For a column that is text only because of some values: the type of the others. Those that aren't of it are noted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ColumnType? Almost { get; init; }

    /// <summary>For a column of text most of whose values look like numbers of another culture: one of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ForeignNumber { get; init; }

    /// <summary>The column with another type; where that is text, it is almost what it was.</summary>
    public SourceColumn As(ColumnType type) =>
        this with
        {
            Type = type,
            Almost = type != ColumnType.Utf8 ? null : Type is { } before && before != ColumnType.Utf8 ? before : Almost,
        };
}

/// <summary>Where the rows of an import come from: columns, and parts that become a chunk each.</summary>
/// <remarks>
/// Read again with the same columns and options, a source gives the same parts: where one ends depends on its content alone, never on
/// timing. That makes chunks the same on a rerun, and an import resumable. Errors that name the source use <see cref="Name"/>.
/// </remarks>
abstract class RowSource
{
    /// <summary>What messages call it, such as the path of a file.</summary>
    public abstract string Name { get; }

    /// <summary>The files that it is read from, where it is read from any.</summary>
    public virtual IEnumerable<string> Files => [Name];

    /// <summary>What messages call the place of a row in it.</summary>
    public virtual string RowName => "line";

    /// <summary>Its size in bytes, compressed where it is; null where only reading it to the end tells.</summary>
    public abstract long? Length { get; }

    /// <summary>Bytes of it read so far by the latest <see cref="ReadAsync"/>.</summary>
    public abstract long Position { get; }

    /// <summary>Whether it is known, once its columns have been read, to have no rows.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>Whether it can be read more than once. Standard input and the pipeline can't.</summary>
    public virtual bool CanReread => true;

    /// <summary>A hash of its whole content; null where it can't be read more than once. Cheap after a whole <see cref="ReadAsync"/>,
    /// for most.</summary>
    public abstract Task<ulong?> HashAsync(CancellationToken cancellation);

    /// <summary>Its columns, with the types that <paramref name="given"/> says, and inferred ones where it says none.</summary>
    public abstract Task<IReadOnlyList<SourceColumn>> ReadColumnsAsync(
        IReadOnlyDictionary<string, ColumnType> given, CancellationToken cancellation);

    /// <summary>Reads it from the start, as parts. Whoever takes a part disposes it; several may be encoded at once.</summary>
    /// <param name="columns">Those of <see cref="ReadColumnsAsync"/>, some perhaps of other types by now.</param>
    public abstract IAsyncEnumerable<RowPart> ReadAsync(
        IReadOnlyList<SourceColumn> columns, ChunkCompression compression, CancellationToken cancellation);

    /// <summary>
    /// The type of <paramref name="column"/> with which reading it all again would take the value of <paramref name="bad"/> and keep
    /// what the others look like; null where the row is at fault and not the type. Asked for inferred columns only.
    /// </summary>
    public virtual ColumnType? Widened(SourceColumn column, BadRow bad) => null;

    /// <summary>The columns with the wider types that rows which don't fit ask for; null where they ask for none.</summary>
    /// <param name="columns">Those that the rows were judged by.</param>
    public SourceColumn[]? Widened(IReadOnlyList<SourceColumn> columns, IReadOnlyList<BadRow> rows)
    {
        SourceColumn[]? wider = null;
        foreach (var row in rows)
            foreach (var bad in row.Also.Prepend(row))
            {
                if (bad.Column < 0 || !columns[bad.Column].Inferred || Widened(columns[bad.Column], bad) is not { } type) continue;
                wider ??= [.. columns];
                // Another value may have asked for another type.
                bool isFirst = wider[bad.Column].Type == columns[bad.Column].Type;
                wider[bad.Column] = wider[bad.Column].As(isFirst ? type : ColumnType.Union(wider[bad.Column].Type, type));
            }
        return wider;
    }

    /// <summary>Where rejected rows go unless the user says: beside a file, named after it.</summary>
    public string RejectPath =>
        Path.Combine(Path.GetDirectoryName(Name) ?? "", Path.GetFileName(Name).Split('.')[0] + ".rejected" + RejectExtension);

    protected virtual string RejectExtension => ".jsonl";

    /// <summary>What a file of rejected rows starts with.</summary>
    public virtual ReadOnlyMemory<byte> RejectHeader => default;

    /// <summary>A rejected row in a form that can be corrected and imported again.</summary>
    /// <param name="line">In the file that it comes from.</param>
    /// <param name="column">Empty where the whole record is wrong.</param>
    public virtual ReadOnlyMemory<byte> RejectLine(BadRow bad, long line, string column, string reason) =>
        JsonRecord.Rejected(bad, line, column, reason);
}
