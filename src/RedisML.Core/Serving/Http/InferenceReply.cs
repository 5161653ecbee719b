using System.Buffers;
using System.Text.Json;
using RedisML.Columns;
using RedisML.Prediction;

namespace RedisML.Serving.Http;

/// <summary>Writes replies of the Open Inference Protocol.</summary>
static class InferenceReply
{
    static readonly string s_version = typeof(InferenceReply).Assembly.GetName().Version!.ToString(3);

    public static byte[] Server() => Write(writer =>
    {
        writer.WriteString("name"u8, "RedisML");
        writer.WriteString("version"u8, s_version);
        writer.WriteStartArray("extensions"u8);
        writer.WriteEndArray();
    });

    public static byte[] Live() => Write(writer => writer.WriteBoolean("live"u8, true));

    public static byte[] Ready(string? name) => Write(writer =>
    {
        if (name is not null) writer.WriteString("name"u8, name);
        writer.WriteBoolean("ready"u8, true);
    });

    public static byte[] Error(string message) => Write(writer => writer.WriteString("error"u8, message));

    public static byte[] Models(IEnumerable<string> names) => Write(writer =>
    {
        writer.WriteStartArray("models"u8);
        foreach (var name in names) writer.WriteStringValue(name);
        writer.WriteEndArray();
    });

    /// <summary>What a model needs and says, from its signature.</summary>
    public static byte[] Metadata(string name, ServedModel served, PredictionColumns columns) => Write(writer =>
    {
        writer.WriteString("name"u8, name);
        writer.WriteStartArray("versions"u8);
        writer.WriteStringValue($"{served.Model.Version}");
        writer.WriteEndArray();
        writer.WriteString("platform"u8, "redisml");
        WriteSchema(writer, "inputs"u8, served.Predictor.Signature.Inputs);
        WriteSchema(writer, "outputs"u8, columns.Schema);
    });

    /// <summary>A tensor an output, of one value a row; null where there is no prediction.</summary>
    public static byte[] Predictions(string name, string? id, ServedModel served, PredictionColumns columns, Predictions? predictions) =>
        Write(writer =>
    {
        int rows = predictions?.Values.Length ?? 0;
        writer.WriteString("model_name"u8, name);
        writer.WriteString("model_version"u8, $"{served.Model.Version}");
        if (id is not null) writer.WriteString("id"u8, id);
        writer.WriteStartArray("outputs"u8);
        for (int column = 0; column < columns.Schema.Count; column++)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, columns.Names[column]);
            writer.WriteString("datatype"u8, InferenceTypes.Of(columns.Schema[column].Type));
            writer.WriteStartArray("shape"u8);
            writer.WriteNumberValue(rows);
            writer.WriteEndArray();
            writer.WriteStartArray("data"u8);
            for (int row = 0; row < rows; row++) WriteValue(writer, columns.Value(predictions!, row, column));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    static void WriteSchema(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<ColumnSchema> columns)
    {
        writer.WriteStartArray(name);
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("datatype"u8, InferenceTypes.Of(column.Type));
            writer.WriteStartArray("shape"u8);
            writer.WriteNumberValue(-1);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>JSON has no infinities.</summary>
    static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case long integer: writer.WriteNumberValue(integer); break;
            case bool boolean: writer.WriteBooleanValue(boolean); break;
            case string text: writer.WriteStringValue(text); break;
            default: writer.WriteNullValue(); break;
        }
    }

    static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }
}
