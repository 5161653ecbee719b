using System.Buffers;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using RedisML.Datasets;
using RedisML.Datasets.Chunks;
using RedisML.Datasets.Importing;

namespace RedisML.Formats.Csv;

/// <summary>What became of a block: a chunk, or the first row that doesn't fit.</summary>
/// <param name="Lines">Line breaks in the block.</param>
readonly record struct ParsedBlock(EncodedChunk? Chunk, BadRow? BadRow, long Lines);

/// <summary>Parses blocks into chunks, one at a time.</summary>
sealed class CsvBlockParser
{
    const int MaxShownValue = 60;

    readonly CsvDialect _dialect;
    readonly CsvReaderOptions _options;
    readonly ChunkBuilder _builder;
    readonly CsvField[] _fields;
    readonly ChunkCompression _compression;
    BadRow? _malformed;

    /// <param name="types">One a column; null where no value was seen.</param>
    /// <param name="inferred">One a column: whether the type was inferred from samples, not given.</param>
    public CsvBlockParser(CsvDialect dialect, IReadOnlyList<ColumnSchema> schema, IReadOnlyList<ColumnType?> types, IReadOnlyList<bool> inferred, ChunkCompression compression)
    {
        _dialect = dialect;
        _options = dialect.ReaderOptions with { OnMalformedRecord = NoteMalformed };
        _builder = new(schema);
        _fields = [.. types.Select((t, i) => CsvField.Create(t, inferred[i], _builder.Columns[i]))];
        _compression = compression;
    }

    public ParsedBlock Parse(ReadOnlyMemory<byte> block)
    {
        long lines = block.Span.Count(_dialect.LineBreak);
        var badRow = Append(block);
        if (badRow is null) return new(_builder.Rows == 0 ? null : _builder.Encode(_compression), null, lines);
        foreach (var column in _builder.Columns) column.Reset();
        return new(null, badRow, lines);
    }

    /// <summary>Appends every record of the block to the columns; the first that doesn't fit is returned.</summary>
    BadRow? Append(ReadOnlyMemory<byte> block)
    {
        if (!Utf8.IsValid(block.Span)) return NotUtf8(block.Span);
        _malformed = null;
        using var reader = CsvReader.Create(block, _options);
        while (reader.Read())
        {
            if (_malformed is not null) return _malformed with { Line = LineAt(block.Span, reader.ByteOffset) };
            if (reader.FieldCount != _fields.Length)
                return Bad(block.Span, reader, -1, WrongFieldCount(reader.FieldCount, _fields.Length), reader.RawRecord);
            for (int i = 0; i < _fields.Length; i++)
            {
                var text = reader.GetSpan(i);
                if (_dialect.IsNull(text)) _builder.Columns[i].AppendNull();
                else if (!_fields[i].TryAppend(reader, i, text)) return Bad(block.Span, reader, i, "", text);
            }
        }
        return null;
    }

    /// <summary>What is wrong with a record; null for a quote within an unquoted field, as in 5" pipe: it is text, and loses nothing.</summary>
    internal static string? MalformedReason(CsvMalformedRecord record) => record.Reason switch
    {
        CsvMalformedReason.StrayQuote => null,
        CsvMalformedReason.UnterminatedQuote => "a quote that is never closed",
        _ => "text after a closing quote",
    };

    internal static string WrongFieldCount(int count, int expected) => $"{count} fields instead of {expected}";

    internal const string NotUtf8Reason = "a byte that isn't UTF-8 (save the file as UTF-8)";

    void NoteMalformed(CsvMalformedRecord record)
    {
        if (MalformedReason(record) is { } reason) _malformed ??= new(1, -1, Shown(Encoding.UTF8.GetBytes(record.RawRecord)), reason, ColumnType.Utf8);
    }

    BadRow Bad(ReadOnlySpan<byte> block, CsvReader reader, int column, string reason, ReadOnlySpan<byte> value) => new(
        LineAt(block, reader.ByteOffset), column, Shown(value), reason, column < 0 ? ColumnType.Utf8 : CsvField.TypeOf(reader, column));

    BadRow NotUtf8(ReadOnlySpan<byte> block)
    {
        Span<char> characters = stackalloc char[256];
        int at = 0;
        while (true)
        {
            var status = Utf8.ToUtf16(block[at..], characters, out int read, out _, replaceInvalidSequences: false);
            at += read;
            if (status == OperationStatus.InvalidData) break;
        }
        return new(LineAt(block, at), -1, $"0x{block[at]:X2}", NotUtf8Reason, ColumnType.Utf8);
    }

    long LineAt(ReadOnlySpan<byte> block, long offset) => 1 + block[..(int)offset].Count(_dialect.LineBreak);

    internal static string Shown(ReadOnlySpan<byte> value) =>
        value.Length <= MaxShownValue ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..MaxShownValue]) + "…";
}
