using System.Text.Json;
using RedisML.Errors;

namespace RedisML.Training;

/// <summary>The types of an algorithm's options.</summary>
public enum OptionType
{
    Number,
    Integer,
    Boolean,
    Text,

    /// <summary>Whole numbers; one alone counts as a list of one.</summary>
    Integers,

    /// <summary>A number, true or false, text, or a list of such: what it is to be, its algorithm checks itself.</summary>
    Any,
}

/// <summary>Something that an algorithm can be told.</summary>
/// <param name="Name">As its users know it from elsewhere, such as <c>num_leaves</c>.</param>
/// <param name="Description">Its unit, limits and default, in a line.</param>
public sealed record AlgorithmOption(string Name, OptionType Type, string Description)
{
    /// <summary>Whether it is another name of an option, or can't be given: it is proposed only where it is clearly meant.</summary>
    public bool IsMinor { get; init; }
}

/// <summary>The options that a training is given, checked against those that its algorithm has.</summary>
public sealed class OptionValues
{
    readonly Dictionary<string, JsonElement> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="RedisMLException"><c>OptionNotFound</c>, with the nearest name; <c>OptionInvalid</c>: of another type.</exception>
    public OptionValues(IAlgorithm algorithm, IReadOnlyDictionary<string, JsonElement> given)
    {
        foreach (var (name, value) in given)
        {
            var option = algorithm.Options.FirstOrDefault(option => option.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw NotFound(algorithm, name);
            if (!IsOf(option.Type, value))
            {
                throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument,
                    $"Option {option.Name} of {algorithm.Name} takes {Called(option.Type)}, and not {value.GetRawText()}: " +
                    $"{option.Description}", name);
            }
            _values[option.Name] = value;
        }
    }

    public double Number(string name, double otherwise) => _values.TryGetValue(name, out var value) ? value.GetDouble() : otherwise;

    public int Integer(string name, int otherwise) => _values.TryGetValue(name, out var value) ? value.GetInt32() : otherwise;

    public bool Boolean(string name, bool otherwise) => _values.TryGetValue(name, out var value) ? value.GetBoolean() : otherwise;

    public string Text(string name, string otherwise) => _values.TryGetValue(name, out var value) ? value.GetString()! : otherwise;

    public IReadOnlyList<int> Integers(string name, params int[] otherwise) => !_values.TryGetValue(name, out var value) ? otherwise
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetInt32())] : [value.GetInt32()];

    static RedisMLException NotFound(IAlgorithm algorithm, string name) => algorithm.Options.Count == 0
        ? new("OptionNotFound", ErrorKind.ObjectNotFound, $"{algorithm.Name} has no options: leave '{name}' of -Option out.", name)
        : NearestName.NotFound("OptionNotFound", $"option of {algorithm.Name} called", name,
            algorithm.Options.Where(o => !o.IsMinor).Select(o => o.Name), algorithm.Options.Where(o => o.IsMinor).Select(o => o.Name));

    static bool IsOf(OptionType type, JsonElement value) => type switch
    {
        OptionType.Number => value.ValueKind == JsonValueKind.Number,
        OptionType.Integer => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        OptionType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        OptionType.Text => value.ValueKind == JsonValueKind.String,
        OptionType.Any => IsPlain(value) || value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsPlain),
        _ => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().All(item => IsOf(OptionType.Integer, item))
            : IsOf(OptionType.Integer, value),
    };

    static bool IsPlain(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.String;

    static string Called(OptionType type) => type switch
    {
        OptionType.Number => "a number",
        OptionType.Integer => "a whole number",
        OptionType.Boolean => "true or false",
        OptionType.Text => "text",
        OptionType.Any => "a number, true or false, text, or a list of such",
        _ => "whole numbers",
    };
}
