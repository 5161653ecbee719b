using System.Text;
using System.Text.Json;
using RedisML.Errors;
using RedisML.Formats.Npy;
using RedisML.Models;
using RedisML.Numerics;

namespace RedisML.ModelFiles;

/// <summary>Reads what <see cref="JsonExport"/> writes.</summary>
sealed class JsonImport : IModelFormat
{
    const int MaxRank = 64;

    public string Name => "Json";

    public ImportedModel Read(byte[] content, ModelImportOptions options)
    {
        options.DemandNone(Name);
        using var document = JsonDocument.Parse(content, new() { MaxDepth = 2 * MaxRank, AllowDuplicateProperties = false });
        var root = document.RootElement;
        Decoding.Demand(root.ValueKind == JsonValueKind.Object && root.TryGetProperty("format", out var format)
            && format.ValueEquals("redisml-model"), "it isn't JSON that Export-RedisModel wrote");
        Decoding.Demand(root.GetProperty("formatVersion").GetInt32() == 1, "it is of a later version of the format");
        var parameters = root.GetProperty("parameters").EnumerateObject()
            .Select(entry => KeyValuePair.Create(entry.Name, ReadParameter(entry))).ToList();
        JsonElement? said = root.TryGetProperty("definition", out var definition) ? definition : null;
        var name = root.GetProperty("name").GetString();
        ModelChecksum.Demand(root.GetProperty("checksum").GetString(), said, parameters);
        return new(name, said is { } json ? ModelJson.Read(Encoding.UTF8.GetBytes(json.GetRawText()), name ?? "") : null, parameters);
    }

    static ParameterValue ReadParameter(JsonProperty entry)
    {
        ModelField.CheckName(entry.Name);
        var type = entry.Value.GetProperty("type").GetString();
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()).ToArray();
        var value = entry.Value.GetProperty("value");
        if (type == "text")
        {
            Decoding.Demand(shape.Length == 0, $"'{entry.Name}' is text with dimensions");
            return new Scalar(value.GetString()!);
        }
        Decoding.Demand(Enum.TryParse<ElementType>(type, ignoreCase: true, out var element)
            && Enum.IsDefined(element) && !char.IsAsciiDigit(type[0]), $"'{entry.Name}' has elements of the type {type}");
        Decoding.Demand(shape.Length <= MaxRank, $"'{entry.Name}' has {shape.Length} dimensions");
        // Elements are counted before memory is taken for them, so that a shape can't claim more than there is.
        Decoding.Demand(NpyArray.CountOf(shape) == CountOf(value, shape, 0), $"'{entry.Name}' isn't of the shape that it claims");
        var tensor = TensorSlice.NewTensor(element, shape);
        int next = 0;
        Fill(tensor, value, ref next);
        return ModelFileValues.OfTensor(tensor);
    }

    static long CountOf(JsonElement value, int[] shape, int dimension)
    {
        if (dimension == shape.Length) return value.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? -1 : 1;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != shape[dimension]) return long.MinValue / 2;
        if (dimension == shape.Length - 1) return shape[dimension];
        long count = 0;
        foreach (var row in value.EnumerateArray())
        {
            long ofRow = CountOf(row, shape, dimension + 1);
            if (ofRow < 0) return ofRow;
            count += ofRow;
        }
        // Rows without elements: what is behind them doesn't matter.
        return shape[dimension] == 0 ? 0 : count;
    }

    static void Fill(Tensor tensor, JsonElement value, ref int next)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray()) Fill(tensor, element, ref next);
            return;
        }
        int i = next++;
        // By the type and not by the array: to the runtime one of Int16 is one of UInt16 too.
        switch (tensor.ElementType)
        {
            case ElementType.Float64: Of<double>()[i] = Number(value); break;
            case ElementType.Float32: Of<float>()[i] = Single(value); break;
            case ElementType.Float16: Of<Half>()[i] = (Half)Single(value); break;
            case ElementType.Int64: Of<long>()[i] = value.GetInt64(); break;
            case ElementType.Int32: Of<int>()[i] = value.GetInt32(); break;
            case ElementType.Int16: Of<short>()[i] = value.GetInt16(); break;
            case ElementType.Int8: Of<sbyte>()[i] = value.GetSByte(); break;
            case ElementType.UInt64: Of<ulong>()[i] = value.GetUInt64(); break;
            case ElementType.UInt32: Of<uint>()[i] = value.GetUInt32(); break;
            case ElementType.UInt16: Of<ushort>()[i] = value.GetUInt16(); break;
            case ElementType.UInt8: Of<byte>()[i] = value.GetByte(); break;
            default: Of<bool>()[i] = value.GetBoolean(); break;
        }

        T[] Of<T>() => (T[])tensor.Elements;
    }

    static float Single(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetSingle() : (float)Number(value);

    static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var other => throw new InvalidDataException($"'{other}' is no number"),
    };
}
