using System.Buffers;
using System.Text;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Formats.Text;

namespace RedisML.Formats.Csv;

/// <summary>Writes CSV as RFC 4180 has it, with line feeds; a missing value is an empty field, an empty text a pair of quotes.</summary>
/// <param name="neutralizesFormulas">Whether a text, or a column's name, that a spreadsheet would run gets an apostrophe before it.</param>
sealed class CsvRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema, char delimiter, bool neutralizesFormulas = false) : RowWriter
{
    readonly ArrayBufferWriter<byte> _buffer = new(1 << 20);
    readonly SearchValues<byte> _quoted = SearchValues.Create([(byte)delimiter, (byte)'"', (byte)'\r', (byte)'\n']);
    bool _started;

    public override async Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        if (!_started) WriteHeader();
        Format(columns, start, count);
        await stream.WriteAsync(_buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    public override async Task EndAsync(CancellationToken cancellation)
    {
        if (_started) return;
        WriteHeader();
        await stream.WriteAsync(_buffer.WrittenMemory, cancellation).ConfigureAwait(false);
    }

    void WriteHeader()
    {
        _started = true;
        for (int i = 0; i < schema.Count; i++)
        {
            if (i > 0) Write((byte)delimiter);
            WriteText(Encoding.UTF8.GetBytes(schema[i].Name));
        }
        Write((byte)'\n');
    }

    void Format(IReadOnlyList<IArrowArray> columns, int start, int count)
    {
        for (int row = start; row < start + count; row++)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                if (i > 0) Write((byte)delimiter);
                if (columns[i].IsNull(row)) continue;
                if (schema[i].Type.IsText && ArrowValues.TryGetText(columns[i], row, out var text)) WriteText(text);
                else if (schema[i].Type.Kind == TypeKind.List) WriteList(columns[i], row, schema[i].Type);
                else ArrowText.Write(_buffer, columns[i], row, schema[i].Type);
            }
            Write((byte)'\n');
        }
    }

    /// <summary>A list has commas in it.</summary>
    void WriteList(IArrowArray column, int row, ColumnType type)
    {
        Write((byte)'"');
        ArrowText.Write(_buffer, column, row, type);
        Write((byte)'"');
    }

    void WriteText(ReadOnlySpan<byte> text)
    {
        bool isFormula = neutralizesFormulas && IsFormula(text);
        if (!text.IsEmpty && !text.ContainsAny(_quoted))
        {
            if (isFormula) Write((byte)'\'');
            _buffer.Write(text);
            return;
        }
        Write((byte)'"');
        if (isFormula) Write((byte)'\'');
        while (text.IndexOf((byte)'"') is var quote && quote >= 0)
        {
            _buffer.Write(text[..(quote + 1)]);
            Write((byte)'"');
            text = text[(quote + 1)..];
        }
        _buffer.Write(text);
        Write((byte)'"');
    }

    /// <summary>Whether a spreadsheet would calculate it; as OWASP has it (CSV Injection), the full-width characters too.</summary>
    static bool IsFormula(ReadOnlySpan<byte> text) => text is [(byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..]
        || text.StartsWith("＝"u8) || text.StartsWith("＋"u8) || text.StartsWith("－"u8) || text.StartsWith("＠"u8);

    void Write(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}
