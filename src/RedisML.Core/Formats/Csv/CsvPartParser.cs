using System.Runtime.CompilerServices;
using System.Text.Unicode;
using CsvHelper;
using RedisML.Columns.Chunks;

namespace RedisML.Formats.Csv;

/// <summary>What became of a block.</summary>
/// <param name="Chunk">Null where the block has no rows, and where some don't fit.</param>
/// <param name="Fits">Whether every row fits; if not, <see cref="CsvSieve"/> tells which don't.</param>
/// <param name="Lines">Line breaks in the block.</param>
/// <param name="Notes">Values that are worth a word.</param>
readonly record struct ParsedBlock(EncodedChunk? Chunk, bool Fits, long Lines, IReadOnlyList<ValueNote> Notes);

/// <summary>Parses blocks into chunks, one at a time.</summary>
/// <remarks>
/// Fields are found row by row and numbers among them read column by column, some rows at once: a column's numbers look alike, and are
/// read in vectors.
/// </remarks>
sealed class CsvPartParser
{
    /// <summary>Few enough to stay in a core's cache.</summary>
    const int Places = 8192;
    const int MinRowsAtOnce = 32;
    const int MaxRowsAtOnce = 512;

    /// <summary>Places of a line of the cache. So many more between columns: a power of two would put all of a row into the same few lines.
    /// </summary>
    const int Padding = 8;

    readonly CsvDialect _dialect;
    readonly CsvReaderOptions _options;
    readonly ChunkBuilder _builder;
    readonly ValueNotes _notes;
    readonly CsvField[] _fields;
    readonly NumberField?[] _numbers;
    readonly int _rowsAtOnce, _stride;
    readonly ChunkCompression _compression;

    // The places of the rows at hand, column by column.
    readonly FieldPlace[] _places;
    bool _malformed;

    public CsvPartParser(CsvDialect dialect, IReadOnlyList<SourceColumn> columns, ChunkCompression compression)
    {
        _dialect = dialect;
        _options = dialect.ReaderOptions with { OnMalformedRecord = record => _malformed |= CsvSieve.MalformedReason(record) is not null };
        _builder = new([.. columns.Select(c => c.Schema)]);
        _notes = new(columns.Count);
        _fields = [.. columns.Select((c, i) => CsvField.Create(c, i, _builder.Columns[i], dialect, _notes))];
        _numbers = [.. _fields.Select(f => f as NumberField)];
        _rowsAtOnce = Math.Clamp(Places / columns.Count, MinRowsAtOnce, MaxRowsAtOnce);
        _stride = _rowsAtOnce + Padding;
        _places = new FieldPlace[columns.Count * _stride];
        _compression = compression;
    }

    public ParsedBlock Parse(ReadOnlyMemory<byte> block)
    {
        long lines = block.Span.Count(_dialect.LineBreak);
        if (TryAppend(block))
            return new(_builder.Rows == 0 ? null : _builder.Encode(_compression), true, lines,
                _notes.Take(place => 1 + block.Span[..(int)place].Count(_dialect.LineBreak)));
        foreach (var column in _builder.Columns) column.Reset();
        _notes.Clear();
        return new(null, false, lines, []);
    }

    /// <summary>Appends every record of the block to the columns; false where one doesn't fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    bool TryAppend(ReadOnlyMemory<byte> block)
    {
        if (!Utf8.IsValid(block.Span)) return false;
        _malformed = false;
        int rows = 0;
        using var reader = CsvReader.Create(block, _options);
        while (reader.Read())
        {
            if (_malformed || reader.FieldCount != _fields.Length && !_dialect.HasFields(reader, _fields.Length)
                || !TryTake(reader, block.Span, rows)) return false;
            if (++rows < _rowsAtOnce) continue;
            if (!TryAppendNumbers(block.Span, rows)) return false;
            rows = 0;
        }
        return TryAppendNumbers(block.Span, rows);
    }

    /// <summary>Notes where the current record's numbers stand, and appends its other fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    bool TryTake(CsvReader reader, ReadOnlySpan<byte> block, int row)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            var text = reader.GetSpan(i);
            if (_numbers[i] is { } number)
            {
                if (!FieldPlace.TryFind(block, text, out var place))
                {
                    if (_dialect.IsNull(text)) place = default;
                    else if (number.IsUsuallyMissing(text))
                    {
                        _notes.Add(i, NoteKind.TakenForMissing, text, reader.ByteOffset);
                        place = default;
                    }
                    else if (number.TryKeep(reader, i, text, row)) place = FieldPlace.Kept;
                    else return false;
                }
                _places[i * _stride + row] = place;
            }
            else if (_dialect.IsNull(text)) _builder.Columns[i].AppendNull();
            else if (_fields[i].IsUsuallyMissing(text))
            {
                _notes.Add(i, NoteKind.TakenForMissing, text, reader.ByteOffset);
                _builder.Columns[i].AppendNull();
            }
            else if (!_fields[i].TryAppend(reader, i, text)) return false;
        }
        return true;
    }

    bool TryAppendNumbers(ReadOnlySpan<byte> block, int rows)
    {
        for (int i = 0; i < _numbers.Length; i++)
            if (_numbers[i]?.TryAppend(block, _places.AsSpan(i * _stride, rows)) == false) return false;
        return true;
    }
}
