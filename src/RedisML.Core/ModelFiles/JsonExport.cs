using System.Text.Encodings.Web;
using System.Text.Json;
using RedisML.Models;

namespace RedisML.ModelFiles;

/// <summary>A model as JSON: what it is, and every parameter with its type, shape and value.</summary>
/// <remarks>
/// <code>
/// { "format": "redisml-model", "formatVersion": 1, "name": …, "version": …, "created": …, "modified": …, "checksum": …,
/// "definition": { … }, "parameters": { "weight": { "type": "float64", "shape": [2], "value": [0.5, 1.5] },
/// "note": { "type": "text", "shape": [], "value": "…" } } }
/// </code>
/// A matrix is an array of rows. NaN and infinities, which JSON lacks, are the strings <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.
/// The definition is missing where the model wasn't trained.
/// </remarks>
static class JsonExport
{
    static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of the file.</summary>
    internal static byte[] Write(Model model, IReadOnlyCollection<KeyValuePair<string, ParameterValue>> parameters)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", "redisml-model");
            json.WriteNumber("formatVersion", 1);
            json.WriteString("name", model.Name);
            json.WriteNumber("version", model.Version);
            json.WriteString("created", model.Created);
            json.WriteBoolean("modified", model.Modified);
            var definition = ModelChecksum.Definition(model);
            json.WriteString("checksum", ModelChecksum.Of(definition, parameters));
            if (definition is { } said)
            {
                json.WritePropertyName("definition");
                said.WriteTo(json);
            }
            json.WriteStartObject("parameters");
            foreach (var (name, value) in parameters) WriteParameter(json, name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static void WriteParameter(Utf8JsonWriter json, string name, ParameterValue value)
    {
        json.WriteStartObject(name);
        json.WriteString("type", value switch
        {
            Tensor tensor => tensor.ElementType.ToString().ToLowerInvariant(),
            Scalar { Value: long } => "int64",
            Scalar { Value: double } => "float64",
            Scalar { Value: bool } => "boolean",
            _ => "text",
        });
        json.WriteStartArray("shape");
        foreach (int length in value.Shape) json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WritePropertyName("value");
        if (value is Tensor elements)
        {
            int next = 0;
            WriteDimension(json, elements, 0, ref next);
        }
        else
        {
            WriteElement(json, ((Scalar)value).Value);
        }
        json.WriteEndObject();
    }

    static void WriteDimension(Utf8JsonWriter json, Tensor tensor, int dimension, ref int next)
    {
        if (dimension == tensor.Shape.Count)
        {
            WriteElement(json, tensor.Elements.GetValue(next++)!);
            return;
        }
        json.WriteStartArray();
        for (int i = 0; i < tensor.Shape[dimension]; i++) WriteDimension(json, tensor, dimension + 1, ref next);
        json.WriteEndArray();
    }

    static void WriteElement(Utf8JsonWriter json, object element)
    {
        switch (element)
        {
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case Half number when Half.IsFinite(number): json.WriteNumberValue((float)number); break;
            case bool boolean: json.WriteBooleanValue(boolean); break;
            case Half number: json.WriteStringValue(new Scalar((double)number).ToString()); break;
            case double or float: json.WriteStringValue(new Scalar(Convert.ToDouble(element, null)).ToString()); break;
            case ulong number: json.WriteNumberValue(number); break;
            case string text: json.WriteStringValue(text); break;
            default: json.WriteNumberValue(Convert.ToInt64(element, null)); break;
        }
    }
}
