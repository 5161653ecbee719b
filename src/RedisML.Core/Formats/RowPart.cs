using RedisML.Columns;
using RedisML.Columns.Chunks;

namespace RedisML.Formats;

/// <summary>A piece of a source, some whole rows, that is held in memory until it has been encoded.
/// Dispose gives the memory back.</summary>
/// <param name="index">Its number, from 0; also that of its chunk.</param>
/// <param name="bytes">The memory that it holds.</param>
abstract class RowPart(int index, long bytes) : IDisposable
{
    public int Index { get; } = index;

    public long Bytes { get; } = bytes;

    /// <summary>Bytes of the source up to the part's end, compressed where it is: roughly, for estimates.</summary>
    public long SourceBytes { get; init; } = bytes;

    /// <summary>What messages call the file that it is of, where a source has several; null for the source's own name.</summary>
    public string? File { get; init; }

    /// <summary>The line, or row, in the file at which it starts; null where it follows the part before it.</summary>
    public long? FirstLine { get; init; }

    /// <summary>The source that its rows are of, where that combines several.</summary>
    public RowSource? Source { get; init; }

    /// <summary>A hash of its content, by which a resumed import knows that it reads the same again.</summary>
    public abstract ulong Hash();

    /// <summary>Makes a chunk of its rows, on any thread.</summary>
    /// <param name="leaveOut">Whether rows that don't fit are left out and returned; else they are returned without a chunk.</param>
    public abstract EncodedPart Encode(bool leaveOut);

    /// <summary>The same rows, in the same memory, for columns of other types. It isn't disposed, and lives as long as the part.</summary>
    public virtual RowPart With(IReadOnlyList<SourceColumn> columns) => this;

    public abstract void Dispose();
}

/// <summary>What became of a part.</summary>
/// <param name="Chunk">Null where no row fits, and where bad rows aren't left out.</param>
/// <param name="BadRows">The rows that don't fit, in the order of the source.</param>
/// <param name="Lines">Lines, or rows, of the source in the part.</param>
/// <param name="Notes">Values that are worth a word.</param>
readonly record struct EncodedPart(EncodedChunk? Chunk, IReadOnlyList<BadRow> BadRows, long Lines, IReadOnlyList<ValueNote> Notes);

/// <summary>A row that doesn't fit.</summary>
/// <param name="Line">The line of the row, from 1, counted from the start of the part.</param>
/// <param name="Column">The index of the column, or −1 where the whole record is wrong.</param>
/// <param name="Value">The text in the source, shortened.</param>
/// <param name="Reason">What is wrong; empty where its value doesn't fit the type of the column.</param>
/// <param name="ValueType">The narrowest type that would hold the value.</param>
sealed record BadRow(long Line, int Column, string Value, string Reason, ColumnType ValueType)
{
    /// <summary>The record as it stands in the source, for the reject file.</summary>
    public ReadOnlyMemory<byte> Record { get; init; }

    /// <summary>Where its value doesn't fit the type of the column: others of the row that don't fit theirs, as far as the part had few
    /// alike before.</summary>
    public IReadOnlyList<BadRow> Also { get; init; } = [];
}
