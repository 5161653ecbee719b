using System.Buffers;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using RedisML.Columns;
using RedisML.Columns.Chunks;

namespace RedisML.Formats.Csv;

/// <summary>Finds every row of a block that doesn't fit. For the blocks that have one: the parser itself stops at the first.</summary>
sealed class CsvSieve
{
    /// <summary>Rows after which the memory of the columns is used again.</summary>
    const int RowsKept = 4096;
    const int MaxShownValue = 60;

    readonly CsvDialect _dialect;
    readonly CsvReaderOptions _options;

    // Values are appended here to see whether they fit; nobody reads them.
    readonly ChunkBuilder _scratch;
    readonly CsvField[] _fields;
    string? _malformed;

    public CsvSieve(CsvDialect dialect, IReadOnlyList<SourceColumn> columns)
    {
        _dialect = dialect;
        _options = dialect.ReaderOptions with { OnMalformedRecord = NoteMalformed };
        _scratch = new([.. columns.Select(c => c.Schema)]);
        _fields = [.. columns.Select((c, i) => CsvField.Create(c, i, _scratch.Columns[i], dialect, notes: null))];
    }

    /// <summary>The rows that don't fit, and the block without them.</summary>
    public (IReadOnlyList<BadRow> BadRows, ReadOnlyMemory<byte> Others) Sift(ReadOnlyMemory<byte> block)
    {
        var badRows = new List<BadRow>();
        var others = new byte[block.Length];
        bool valid = Utf8.IsValid(block.Span);
        int kept = 0, rows = 0, counted = 0;
        long line = 1;
        using var reader = CsvReader.Create(block, _options);
        _malformed = null;
        var misfits = new Misfits();
        bool more = reader.Read();
        while (more)
        {
            int start = (int)reader.ByteOffset;
            var bad = Judge(reader, misfits);
            if (++rows % RowsKept == 0)
                foreach (var column in _scratch.Columns) column.Reset();
            _malformed = null;
            more = reader.Read();
            var record = block[start..(more ? (int)reader.ByteOffset : block.Length)];
            if (bad is null && !valid && !Utf8.IsValid(record.Span)) bad = NotUtf8(record.Span);
            if (bad is null)
            {
                record.Span.CopyTo(others.AsSpan(kept));
                kept += record.Length;
                continue;
            }
            line += block.Span[counted..start].Count(_dialect.LineBreak);
            counted = start;
            badRows.Add(bad with { Line = line, Record = TrimmedCopy(record.Span) });
        }
        foreach (var column in _scratch.Columns) column.Reset();
        return (badRows, others.AsMemory(0, kept));
    }

    /// <summary>What is wrong with a record; null for a quote within an unquoted field, as in 5" pipe: it is text,
    /// and loses nothing.</summary>
    public static string? MalformedReason(CsvMalformedRecord record) => record.Reason switch
    {
        CsvMalformedReason.StrayQuote => null,
        CsvMalformedReason.UnterminatedQuote => "a quote that is never closed",
        _ => "text after a closing quote",
    };

    BadRow? Judge(CsvReader reader, Misfits misfits)
    {
        if (_malformed is not null)
            return Whole(Shown(reader.RawRecord), _malformed
                + (reader.RawRecord.IndexOf("\\\""u8) >= 0 ? " (-Escape '\\' where a backslash stands before quotes)" : ""));
        if (!_dialect.HasFields(reader, _fields.Length))
            return Whole(Shown(reader.RawRecord),
                $"{reader.FieldCount} fields instead of " +
                $"{_fields.Length}{(_dialect.Separator == ' ' ? " (-Delimiter Whitespace where runs of blanks separate fields)"
                : _fields.Length == 1 ? " (-Comment '#' passes over lines with that character above the header)" : "")}");
        BadRow? bad = null;
        for (int i = 0; i < _fields.Length; i++)
        {
            var text = reader.GetSpan(i);
            if (_dialect.IsNull(text) || _fields[i].IsUsuallyMissing(text) || _fields[i].TryAppend(reader, i, text)) continue;
            var misfit = new BadRow(1, i, Shown(text), "", CsvField.TypeOf(reader, i, _dialect.Culture));
            if (bad is null) bad = misfit;
            else misfits.Add(misfit);
        }
        return bad is null ? null : misfits.TakeWith(bad);
    }

    void NoteMalformed(CsvMalformedRecord record) => _malformed ??= MalformedReason(record);

    static BadRow NotUtf8(ReadOnlySpan<byte> record)
    {
        Span<char> characters = stackalloc char[256];
        int at = 0;
        for (var status = OperationStatus.DestinationTooSmall; status != OperationStatus.InvalidData;)
        {
            status = Utf8.ToUtf16(record[at..], characters, out int read, out _, replaceInvalidSequences: false);
            at += read;
        }
        return Whole($"0x{record[at]:X2}", "a byte that isn't UTF-8 (-Encoding names another, such as latin1 or windows-1252)");
    }

    static BadRow Whole(string shown, string reason) => new(1, -1, shown, reason, ColumnType.Utf8);

    static string Shown(ReadOnlySpan<byte> value) =>
        value.Length <= MaxShownValue ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..MaxShownValue]) + "…";

    static byte[] TrimmedCopy(ReadOnlySpan<byte> record) => record.TrimEnd("\r\n"u8).ToArray();
}
