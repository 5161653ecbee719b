using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Apache.Arrow;
using RedisML.Columns;
using RedisML.Formats.Text;

namespace RedisML.Formats.Json;

/// <summary>Writes a JSON object a line; a missing value is null, as are NaN and infinities, which JSON lacks. Decimals are numbers, binary is base64.</summary>
sealed class JsonRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema) : RowWriter
{
    static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly ArrayBufferWriter<byte> _buffer = new(1 << 20);
    readonly ArrayBufferWriter<byte> _value = new();
    readonly JsonEncodedText[] _names = [.. schema.Select(c => JsonEncodedText.Encode(c.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];

    public override async Task WriteAsync(IReadOnlyList<IArrowArray> columns, int start, int count, CancellationToken cancellation)
    {
        Format(columns, start, count);
        await stream.WriteAsync(_buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    void Format(IReadOnlyList<IArrowArray> columns, int start, int count)
    {
        using var json = new Utf8JsonWriter(_buffer, s_options);
        for (int row = start; row < start + count; row++)
        {
            json.Reset();
            json.WriteStartObject();
            for (int i = 0; i < columns.Count; i++)
            {
                json.WritePropertyName(_names[i]);
                WriteValue(json, columns[i], row, schema[i].Type);
            }
            json.WriteEndObject();
            json.Flush();
            _buffer.Write("\n"u8);
        }
    }

    void WriteValue(Utf8JsonWriter json, IArrowArray column, int row, ColumnType type)
    {
        if (column.IsNull(row) || type.Kind is TypeKind.Float32 or TypeKind.Float64 && ArrowValues.TryGetDouble(column, row, out double number) && !double.IsFinite(number))
        {
            json.WriteNullValue();
            return;
        }
        if (type.IsText && ArrowValues.TryGetText(column, row, out var text))
        {
            json.WriteStringValue(text);
            return;
        }
        _value.ResetWrittenCount();
        ArrowText.Write(_value, column, row, type);
        if (type.IsNumeric || type.Kind == TypeKind.List) json.WriteRawValue(_value.WrittenSpan, skipInputValidation: true);
        else json.WriteStringValue(_value.WrittenSpan);
    }
}
