using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

/// <summary>The JSON of a <see cref="ModelDefinition"/>: camelCase names, enumerations by name, NaN and infinities as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelDefinition))]
[JsonSerializable(typeof(ModelEvaluation))]
[JsonSerializable(typeof(AliasMove))]
[JsonSerializable(typeof(ParameterEnvelope))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, string>))]
sealed partial class ModelJson : JsonSerializerContext
{
    internal static JsonTypeInfo<ModelDefinition> Definition => Default.ModelDefinition;

    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>.</exception>
    internal static ModelDefinition Read(ReadOnlySpan<byte> json, string model)
    {
        var text = json.ToArray();
        return Decoding.Run(() =>
        {
            var node = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("It isn't an object.");
            if (!node.ContainsKey("task")) Upgrade(node);
            return ModelDefinitionCheck.Checked(node.Deserialize(Definition));
        }, (why, e) =>
            new("InvalidModelDefinition", ErrorKind.InvalidData, $"The definition of model '{model}' can't be read: {why}.", model, e));
    }

    /// <summary>What others wrote beside a definition; null where it isn't there, or isn't what it should be.</summary>
    internal static T? TryRead<T>(RedisValue json, JsonTypeInfo<T> type) where T : class
    {
        if (json.IsNull) return null;
        try { return JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)json).Span, type); }
        catch (JsonException) { return null; }
    }

    /// <summary>Format 1 knew five algorithms, each with its task, and two options.</summary>
    static void Upgrade(JsonObject definition)
    {
        bool hasClasses = definition["pipeline"]?["label"]?["classes"] is not null;
        var task = (string?)definition["algorithm"] switch
        {
            "Poisson" => Models.ModelTask.Counts,
            "Logistic" => Models.ModelTask.Binary,
            "Softmax" => Models.ModelTask.Classes,
            _ => hasClasses ? Models.ModelTask.Classes : Models.ModelTask.Regression,
        };
        definition["task"] = task.ToString();
        definition["options"] = new JsonObject { ["l1"] = definition["l1"]?.DeepClone(), ["l2"] = definition["l2"]?.DeepClone() };
    }
}
