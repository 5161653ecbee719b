using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Formats.Json;

/// <summary>Writes a JSON object a line; a missing value is null, an infinity the text <c>"Infinity"</c>. Decimals are numbers,
/// binary is base64.</summary>
/// <remarks>Refuses NaN, which reading would take for a missing value, and infinities in lists: JSON has no numbers for them.</remarks>
sealed class JsonRowWriter(Stream stream, IReadOnlyList<ColumnSchema> schema) : TextRowWriter(stream, schema, "JSON")
{
    static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly ArrayBufferWriter<byte> _value = new();
    readonly JsonEncodedText[] _names =
        [.. schema.Select(c => JsonEncodedText.Encode(c.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];

    protected override void Format(IReadOnlyList<IArrowArray> columns, int start, int count)
    {
        using var json = new Utf8JsonWriter(Buffer, s_options);
        for (int row = start; row < start + count; row++)
        {
            json.Reset();
            json.WriteStartObject();
            for (int i = 0; i < columns.Count; i++)
            {
                json.WritePropertyName(_names[i]);
                WriteValue(json, columns[i], row, i, row - start);
            }
            json.WriteEndObject();
            json.Flush();
            Buffer.Write("\n"u8);
        }
    }

    void WriteValue(Utf8JsonWriter json, IArrowArray array, int row, int column, int place)
    {
        var type = Schema[column].Type;
        if (array.IsNull(row))
        {
            json.WriteNullValue();
            return;
        }
        if (type.IsText && ArrowValues.TryGetText(array, row, out var text))
        {
            json.WriteStringValue(text);
            return;
        }
        if (Any(array, row, type, double.IsNaN)) throw Refused("NaN, which is read as a missing value", column, place);
        bool isInfinite = Any(array, row, type, double.IsInfinity);
        if (isInfinite && type.Kind == TypeKind.List) throw Refused("an infinity in a list", column, place);
        _value.ResetWrittenCount();
        WriteText(_value, array, row, column, place);
        if (!isInfinite && type.IsNumeric || type.Kind == TypeKind.List) json.WriteRawValue(_value.WrittenSpan, skipInputValidation: true);
        else json.WriteStringValue(_value.WrittenSpan);
    }
}
