using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RedisML.Errors;

namespace RedisML.Models;

/// <summary>The JSON of a <see cref="ModelDefinition"/>: camelCase names, enumerations by name, NaN and infinities as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelDefinition))]
sealed partial class ModelJson : JsonSerializerContext
{
    internal static JsonTypeInfo<ModelDefinition> Definition => Default.ModelDefinition;

    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>.</exception>
    internal static ModelDefinition Read(ReadOnlySpan<byte> json, string model)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Definition) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
                $"The definition of model '{model}' can't be read: {e.Message}", model, e);
        }
    }
}
