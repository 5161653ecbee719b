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
        ModelChecksum.Demand(root.TryGetProperty("checksum", out var checksum) ? checksum.GetString() : null, said, parameters);
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
        switch (tensor.Elements)
        {
            case double[] a: a[i] = Number(value); break;
            case float[] a: a[i] = value.ValueKind == JsonValueKind.Number ? value.GetSingle() : (float)Number(value); break;
            case Half[] a: a[i] = (Half)(value.ValueKind == JsonValueKind.Number ? value.GetSingle() : (float)Number(value)); break;
            case long[] a: a[i] = value.GetInt64(); break;
            case int[] a: a[i] = value.GetInt32(); break;
            case short[] a: a[i] = value.GetInt16(); break;
            case sbyte[] a: a[i] = value.GetSByte(); break;
            case ulong[] a: a[i] = value.GetUInt64(); break;
            case uint[] a: a[i] = value.GetUInt32(); break;
            case ushort[] a: a[i] = value.GetUInt16(); break;
            case byte[] a: a[i] = value.GetByte(); break;
            default: ((bool[])tensor.Elements)[i] = value.GetBoolean(); break;
        }
    }

    static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var other => throw new InvalidDataException($"'{other}' is no number"),
    };
}
