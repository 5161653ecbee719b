using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using RedisML.Models;
using RedisML.Numerics;

namespace RedisML.ModelFiles;

/// <summary>Parameters in the format of <see href="https://github.com/huggingface/safetensors"/>: a header in JSON,
/// then the elements.</summary>
/// <remarks>Numbers and booleans are tensors without dimensions. Text, and what the model is, are in the header's
/// <c>__metadata__</c>.</remarks>
static class SafetensorsExport
{
    const int Alignment = 8;

    /// <summary>The bytes of the file.</summary>
    internal static byte[] Write(Model model, IReadOnlyCollection<KeyValuePair<string, ParameterValue>> parameters)
    {
        // Wide elements first, so that each is aligned to its size.
        var tensors = parameters.Select(p => (Name: p.Key, Tensor: ModelFileValues.AsTensor(p.Value))).Where(p => p.Tensor is not null)
            .Select(p => (p.Name, Tensor: p.Tensor!, Info: ElementTypeInfo.Of(p.Tensor!.ElementType)))
            .OrderByDescending(p => p.Info.Size).ThenBy(p => p.Name, StringComparer.Ordinal).ToArray();

        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            WriteMetadata(json, model, parameters);
            long offset = 0;
            foreach (var (name, tensor, info) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", info.Safetensors);
                WriteNumbers(json, "shape", tensor.Shape.Select(length => (long)length));
                WriteNumbers(json, "data_offsets", [offset, offset += tensor.Bytes.Length]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % Alignment != 0) header.WriteByte((byte)' ');

        var bytes = new byte[checked(sizeof(long) + header.Length + tensors.Sum(t => (long)t.Tensor.Bytes.Length))];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.GetBuffer().AsSpan(0, (int)header.Length).CopyTo(bytes.AsSpan(sizeof(long)));
        var rest = bytes.AsSpan(sizeof(long) + (int)header.Length);
        foreach (var (_, tensor, _) in tensors)
        {
            tensor.Bytes.CopyTo(rest);
            rest = rest[tensor.Bytes.Length..];
        }
        return bytes;
    }

    static void WriteMetadata(Utf8JsonWriter json, Model model, IReadOnlyCollection<KeyValuePair<string, ParameterValue>> parameters)
    {
        json.WriteStartObject("__metadata__");
        json.WriteString("redisml.model", model.Name);
        json.WriteString("redisml.version", model.Version.ToString(CultureInfo.InvariantCulture));
        var definition = ModelChecksum.Definition(model);
        if (definition is { } said)
            json.WriteString("redisml.definition", JsonSerializer.Serialize(said, ModelJson.Default.JsonElement));
        json.WriteString("redisml.checksum", ModelChecksum.Of(definition, parameters));
        foreach (var (name, value) in parameters)
            if (value is Scalar { Value: string text })
                json.WriteString(name, text);
        json.WriteEndObject();
    }

    static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
