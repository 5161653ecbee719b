using System.Buffers.Binary;
using System.Numerics;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RedisML.Models;
using RedisML.Numerics;
using Tensor = RedisML.Models.Tensor;

namespace RedisML.ModelFiles;

/// <summary>Tells whether a file still says of a model what was written: SHA-256 over its definition and parameters.</summary>
/// <remarks>
/// The definition counts as JSON without spaces, or as nothing; then of each parameter, by name, ordinal: its name, its type, its shape
/// and its elements in C order, little-endian, NaN always the same. Before each of these is its length in bytes, 8 of them.
/// </remarks>
static class ModelChecksum
{
    const string Algorithm = "sha256:";

    public static string Of(JsonElement? definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(definition is { } said ? JsonSerializer.SerializeToUtf8Bytes(said, ModelJson.Default.JsonElement) : []);
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            Add(Encoding.UTF8.GetBytes(name));
            // A number alone is the same whether it is text or an array without dimensions.
            var tensor = ModelFileValues.AsTensor(value);
            Add(Encoding.UTF8.GetBytes(tensor is null ? "text" : ElementTypeInfo.Of(tensor.ElementType).Safetensors));
            Add(Encoding.UTF8.GetBytes(string.Join(',', value.Shape)));
            Add(tensor is null ? value.Encode() : SameNaN(tensor).Bytes);
        }
        return Algorithm + Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }

    /// <summary>What isn't a number has many forms, which JSON doesn't tell apart.</summary>
    static Tensor SameNaN(Tensor tensor) => tensor.Elements switch
    {
        double[] numbers when TensorPrimitives.IsNaNAny<double>(numbers) => new(Of(numbers, double.NaN), [.. tensor.Shape]),
        float[] numbers when TensorPrimitives.IsNaNAny<float>(numbers) => new(Of(numbers, float.NaN), [.. tensor.Shape]),
        Half[] numbers when TensorPrimitives.IsNaNAny<Half>(numbers) => new(Of(numbers, Half.NaN), [.. tensor.Shape]),
        _ => tensor,
    };

    static T[] Of<T>(T[] numbers, T nan) where T : INumberBase<T> => Array.ConvertAll(numbers, number => T.IsNaN(number) ? nan : number);

    /// <summary>The definition of a model as files have it.</summary>
    public static JsonElement? Definition(Model model) =>
        model.Definition is null ? null : JsonSerializer.SerializeToElement(model.Definition, ModelJson.Definition);

    /// <exception cref="InvalidDataException">The file says another checksum, or none.</exception>
    public static void Demand(string? said, JsonElement? definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters)
    {
        if (said != Of(definition, parameters))
            throw new InvalidDataException("its checksum isn't that of what it holds, so it was changed or damaged");
    }
}
