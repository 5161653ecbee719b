using System.Text.Json;
using System.Text.Json.Serialization;
using RedisML.Errors;

namespace RedisML.OnnxRuntime;

/// <summary>How columns become the inputs of a graph, and its outputs predictions. Stored as the model's options.</summary>
sealed record OnnxBinding
{
    public const int MaxColumns = 10_000;

    /// <summary>The graph's inputs, in order. Their columns follow each other in the model's signature.</summary>
    public required IReadOnlyList<OnnxInput> Inputs { get; init; }

    /// <summary>The number of rows that the graph takes at once; 0 for any.</summary>
    public int Batch { get; init; }

    /// <summary>The output that predictions are read from.</summary>
    public required string Output { get; init; }

    public required OutputKind Kind { get; init; }

    /// <summary>Whether scores are to be made probabilities of.</summary>
    public bool Logit { get; init; }

    /// <summary>Of each score in order, its class; empty for numbers.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>.</exception>
    public static OnnxBinding Read(JsonElement? options, int columns, int classes, string model)
    {
        try
        {
            var binding = options?.Deserialize(OnnxJson.Default.OnnxBinding);
            if (binding is { Inputs: not null, Output: not null, Classes: not null, Batch: >= 0 and <= MaxColumns }
                && Enum.IsDefined(binding.Kind) && binding.Classes.Count == classes
                && (binding.Kind == OutputKind.Number) == (classes == 0)
                && binding.Inputs.All(input => input is { Name: not null, Width: > 0 and <= MaxColumns, Shape: not null }
                    && input.Shape.All(length => length > 0)
                    && input.Shape.Aggregate(1.0, (product, length) => product * length) == input.Width)
                && binding.Inputs.Sum(input => (long)input.Width) == columns) return binding;
        }
        catch (JsonException)
        {
            // The same error follows.
        }
        throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
            $"The definition of model '{model}' doesn't say how its columns and outputs belong together.", model);
    }
}

/// <summary>An input of a graph.</summary>
/// <param name="Width">How many columns it takes.</param>
/// <param name="Shape">The dimensions behind the rows; their product is the width.</param>
sealed record OnnxInput(string Name, int Width, IReadOnlyList<int> Shape);

/// <summary>What an output says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutputKind>))]
enum OutputKind
{
    /// <summary>A number a row.</summary>
    Number,

    /// <summary>A score of each class, or of the second of two.</summary>
    Scores,

    /// <summary>A map of classes to scores a row, as scikit-learn's converter writes it.</summary>
    Maps,

    /// <summary>The class alone.</summary>
    Labels,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OnnxBinding))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
sealed partial class OnnxJson : JsonSerializerContext;
