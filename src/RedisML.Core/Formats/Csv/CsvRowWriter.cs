using System.Buffers;
using System.Text;
using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Formats.Csv;

/// <summary>Writes CSV as RFC 4180 has it, with line feeds; a missing value is an empty field.</summary>
/// <remarks>Refuses what reading would take for a missing value: empty text, empty binary, NaN.</remarks>
sealed class CsvRowWriter : TextRowWriter
{
    readonly byte _delimiter;
    readonly SearchValues<byte> _quoted;
    readonly bool _single;
    readonly bool _neutralizesFormulas;
    bool _started;

    /// <param name="neutralizesFormulas">Whether a text, or a column's name,
    /// that a spreadsheet would run gets an apostrophe before it.</param>
    public CsvRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema, char delimiter, bool neutralizesFormulas = false)
        : base(stream, schema, "CSV")
    {
        _delimiter = (byte)delimiter;
        _neutralizesFormulas = neutralizesFormulas;
        _single = schema.Count == 1;
        // Where there is one column, nothing in it may look like a separator.
        _quoted = SearchValues.Create([_delimiter, (byte)'"', (byte)'\r', (byte)'\n', .. _single ? ",;|\t "u8 : ""u8]);
    }

    public override async Task EndAsync(CancellationToken cancellation)
    {
        if (_started) return;
        WriteHeader();
        await Stream.WriteAsync(Buffer.WrittenMemory, cancellation).ConfigureAwait(false);
    }

    /// <summary>In quotes where it would be taken for the first line of another program's files.</summary>
    void WriteHeader()
    {
        _started = true;
        for (int i = 0; i < Schema.Count; i++)
        {
            if (i > 0) Write(_delimiter);
            WriteText(Encoding.UTF8.GetBytes(Schema[i].Name), i == 0 && Schema[i].Name is ['#', ..] or ['s', 'e', 'p', '=', ..]);
        }
        Write((byte)'\n');
    }

    protected override void Format(IReadOnlyList<IArrowArray> columns, int start, int count)
    {
        if (!_started) WriteHeader();
        for (int row = start; row < start + count; row++)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                if (i > 0) Write(_delimiter);
                WriteValue(columns[i], row, i, row - start);
            }
            Write((byte)'\n');
        }
    }

    void WriteValue(IArrowArray array, int row, int column, int place)
    {
        var type = Schema[column].Type;
        if (array.IsNull(row))
        {
            // An empty line would be no row.
            if (_single) Buffer.Write("\"\""u8);
        }
        else if (type.IsText && ArrowValues.TryGetText(array, row, out var text))
        {
            if (text.IsEmpty) throw Refused("an empty text, which is read as a missing value", column, place);
            if (text.Contains((byte)0)) throw Refused("a text with a zero byte", column, place);
            WriteText(text, quote: false);
        }
        else
        {
            if (Any(array, row, type, double.IsNaN)) throw Refused("NaN, which is read as a missing value", column, place);
            bool isList = type.Kind == TypeKind.List;
            if (isList) Write((byte)'"');
            int before = Buffer.WrittenCount;
            WriteText(Buffer, array, row, column, place);
            if (Buffer.WrittenCount == before) throw Refused("an empty value, which is read as a missing one", column, place);
            // A list has commas in it.
            if (isList) Write((byte)'"');
        }
    }

    void WriteText(ReadOnlySpan<byte> text, bool quote)
    {
        bool isFormula = _neutralizesFormulas && IsFormula(text);
        if (!quote && !text.IsEmpty && !text.ContainsAny(_quoted))
        {
            if (isFormula) Write((byte)'\'');
            Buffer.Write(text);
            return;
        }
        Write((byte)'"');
        if (isFormula) Write((byte)'\'');
        while (text.IndexOf((byte)'"') is var next && next >= 0)
        {
            Buffer.Write(text[..(next + 1)]);
            Write((byte)'"');
            text = text[(next + 1)..];
        }
        Buffer.Write(text);
        Write((byte)'"');
    }

    /// <summary>Whether a spreadsheet would calculate it; as OWASP has it (CSV Injection), the full-width characters too.</summary>
    static bool IsFormula(ReadOnlySpan<byte> text) =>
        text is [(byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..]
        || text.StartsWith("＝"u8) || text.StartsWith("＋"u8) || text.StartsWith("－"u8) || text.StartsWith("＠"u8);

    void Write(byte value)
    {
        Buffer.GetSpan(1)[0] = value;
        Buffer.Advance(1);
    }
}
