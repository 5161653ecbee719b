using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisML.Formats.Objects;

/// <summary>.NET objects as values of JSON.</summary>
static class ObjectJson
{
    const int MaxDepth = 32;

    static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A dictionary as a JSON object, another collection as an array: as JSON Lines have them in a column of text.</summary>
    public static string TextOf(IEnumerable value)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, s_plain)) WriteNested(writer, value);
        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    static void WriteNested(Utf8JsonWriter writer, object? value)
    {
        // What contains itself would have no end.
        if (value is not IEnumerable list || value is string or byte[] || writer.CurrentDepth == MaxDepth)
        {
            if (writer.CurrentDepth == MaxDepth) writer.WriteStringValue($"{value?.GetType()}");
            else Write(writer, value);
        }
        else if (value is IDictionary dictionary)
        {
            writer.WriteStartObject();
            foreach (DictionaryEntry entry in dictionary)
            {
                writer.WritePropertyName(ObjectValue.TextOf(entry.Key));
                WriteNested(writer, entry.Value);
            }
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray();
            foreach (var item in list) WriteNested(writer, item);
            writer.WriteEndArray();
        }
    }

    /// <summary>Writes numbers and booleans as such, and everything else as its text, what isn't finite too.</summary>
    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or DBNull: writer.WriteNullValue(); break;
            case bool boolean: writer.WriteBooleanValue(boolean); break;
            case sbyte or byte or short or ushort or int or uint or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            default: writer.WriteStringValue(ObjectValue.TextOf(value)); break;
        }
    }
}
