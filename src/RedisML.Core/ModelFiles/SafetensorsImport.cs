using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using RedisML.Errors;
using RedisML.Formats.Npy;
using RedisML.Models;
using RedisML.Numerics;

namespace RedisML.ModelFiles;

/// <summary>Reads safetensors, of this module and of others.</summary>
/// <remarks>Tensors fill the file without holes, as the format demands; text is in <c>__metadata__</c>. BF16 becomes F32, which holds
/// it.</remarks>
sealed class SafetensorsImport : IModelFormat
{
    const int MaxHeaderBytes = 100_000_000;
    const int MaxRank = 64;
    const string Metadata = "__metadata__", Own = "redisml.";

    public string Name => "Safetensors";

    public ImportedModel Read(byte[] content, ModelImportOptions options)
    {
        options.DemandNone(Name);
        Decoding.Demand(content.Length >= sizeof(long), "it is shorter than its header");
        long length = BinaryPrimitives.ReadInt64LittleEndian(content);
        Decoding.Demand(length is > 1 and <= MaxHeaderBytes && length <= content.Length - sizeof(long),
            $"its header claims {length:N0} bytes, and {content.Length - sizeof(long):N0} follow");
        using var header = JsonDocument.Parse(content.AsMemory(sizeof(long), (int)length), new() { AllowDuplicateProperties = false });
        Decoding.Demand(header.RootElement.ValueKind == JsonValueKind.Object, "its header is no object");
        var data = content.AsMemory(sizeof(long) + (int)length);
        var parameters = new SortedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        var places = new List<(long Start, long End)>();
        JsonElement metadata = default;
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.NameEquals(Metadata)) metadata = entry.Value;
            else parameters.Add(entry.Name, ReadTensor(entry, data, places));
        }
        long end = 0;
        foreach (var place in places.Order())
        {
            Decoding.Demand(place.Start == end, "its tensors overlap, or leave holes");
            end = place.End;
        }
        Decoding.Demand(end == data.Length, $"{data.Length - end:N0} bytes of it belong to no tensor");
        return Describe(metadata, parameters);
    }

    static ParameterValue ReadTensor(JsonProperty entry, ReadOnlyMemory<byte> data, List<(long Start, long End)> places)
    {
        ModelField.CheckName(entry.Name);
        var value = entry.Value;
        var type = value.GetProperty("dtype").GetString();
        var shape = value.GetProperty("shape").EnumerateArray().Select(number => number.GetInt32()).ToArray();
        Decoding.Demand(shape.Length <= MaxRank, $"'{entry.Name}' has {shape.Length} dimensions");
        var offsets = value.GetProperty("data_offsets").EnumerateArray().Select(number => number.GetInt64()).ToArray();
        bool isBrain = type == "BF16";
        var info = ElementTypeInfo.OfSafetensors(isBrain ? "F16" : type ?? "");
        Decoding.Demand(info is not null, $"'{entry.Name}' has elements of the type {type}, which isn't supported");
        long count = NpyArray.CountOf(shape);
        Decoding.Demand(offsets is [>= 0, _] && offsets[0] <= offsets[1] && offsets[1] <= data.Length && count >= 0
            && count * info.Size == offsets[1] - offsets[0],
            $"'{entry.Name}' has the shape ({string.Join(", ", shape)}) and the place {string.Join(" to ", offsets)}, which don't fit");
        places.Add((offsets[0], offsets[1]));
        var bytes = data.Span[(int)offsets[0]..(int)offsets[1]];
        if (isBrain)
        {
            var singles = new float[count];
            for (int i = 0; i < singles.Length; i++)
                singles[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
            return new Tensor(singles, shape);
        }
        Decoding.Demand(info.Type != ElementType.Boolean || !bytes.ContainsAnyExceptInRange((byte)0, (byte)1),
            $"'{entry.Name}' has booleans that are neither true nor false");
        var tensor = new Tensor(Array.CreateInstance(info.ClrType, (int)count), shape);
        bytes.CopyTo(tensor.Bytes);
        return ModelFileValues.OfTensor(tensor);
    }

    static ImportedModel Describe(JsonElement metadata, SortedDictionary<string, ParameterValue> parameters)
    {
        string? name = null, definition = null, checksum = null;
        if (metadata.ValueKind == JsonValueKind.Object)
        {
            bool isOwn = metadata.TryGetProperty(Own + "model", out _);
            foreach (var entry in metadata.EnumerateObject())
            {
                var text = entry.Value.GetString();
                if (entry.Name.StartsWith(Own, StringComparison.Ordinal))
                {
                    if (entry.NameEquals(Own + "model")) name = text;
                    else if (entry.NameEquals(Own + "definition")) definition = text;
                    else if (entry.NameEquals(Own + "checksum")) checksum = text;
                }
                // What another program notes of its file is no parameter.
                else if (isOwn && text is not null)
                {
                    ModelField.CheckName(entry.Name);
                    Decoding.Demand(parameters.TryAdd(entry.Name, new Scalar(text)), $"'{entry.Name}' is there twice");
                }
            }
        }
        // Those of others have neither.
        if (name is not null || checksum is not null || definition is not null) Demand();
        if (definition is null) return new(name, null, [.. parameters]);
        return new(name, ModelJson.Read(Encoding.UTF8.GetBytes(definition), name ?? ""), [.. parameters]);

        void Demand()
        {
            using var json = definition is null ? null : JsonDocument.Parse(definition);
            ModelChecksum.Demand(checksum, json?.RootElement, parameters);
        }
    }
}
