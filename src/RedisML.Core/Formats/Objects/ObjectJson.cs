using System.Globalization;
using System.Text.Json;

namespace RedisML.Formats.Objects;

/// <summary>.NET objects as values of JSON.</summary>
static class ObjectJson
{
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
