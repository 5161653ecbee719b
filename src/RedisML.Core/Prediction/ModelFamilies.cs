using System.Collections.Concurrent;
using RedisML.Errors;
using RedisML.Extensions;
using RedisML.Models;

namespace RedisML.Prediction;

/// <summary>The families of models that this process knows. An extension adds its own.</summary>
public static class ModelFamilies
{
    static readonly ConcurrentDictionary<string, IModelFamily> s_byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those that extensions of this project bring, and which: known before they are loaded.</summary>
    static readonly Dictionary<string, (string Module, bool IsTrained)> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["LightGbm"] = ("RedisML.LightGbm", true),
        ["Onnx"] = ("RedisML.OnnxRuntime", false),
    };

    /// <summary>The names, ordinal; those of extensions that aren't loaded too.</summary>
    public static IReadOnlyList<string> Names => [.. s_byName.Values.Select(family => family.Name).Concat(s_extensions.Keys)
        .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Of <see cref="Names"/>, those whose models are trained on a dataset.</summary>
    public static IReadOnlyList<string> TrainedNames => [.. Names.Where(name =>
        s_byName.TryGetValue(name, out var family) ? family.IsTrained : s_extensions[name].IsTrained)];

    /// <summary>Adds a family, or replaces the one of its name.</summary>
    public static void Add(IModelFamily family) => s_byName[family.Name] = family;

    /// <summary>The family of this name, upper and lower case alike; the extension that brings it is loaded where need be.</summary>
    /// <exception cref="RedisMLException"><c>AlgorithmNotFound</c>, with the nearest name; those of
    /// <see cref="ExtensionLoader.Load"/>.</exception>
    public static IModelFamily Get(string name) =>
        Find(name) ?? throw NearestName.NotFound("AlgorithmNotFound", "algorithm", name, Names);

    /// <summary>The family of this name, or null.</summary>
    internal static IModelFamily? Find(string name)
    {
        if (s_byName.TryGetValue(name, out var family)) return family;
        if (!s_extensions.TryGetValue(name, out var extension)) return null;
        ExtensionLoader.Load(extension.Module, $"{name} is an algorithm of an extension", name);
        return s_byName.GetValueOrDefault(name);
    }

    /// <summary>Reads the parameters of a version, and makes a predictor of it.</summary>
    /// <exception cref="RedisMLException">
    /// <c>ModelNotTrained</c>, <c>AlgorithmNotFound</c>, <c>ModelNotPredictable</c>, <c>ParameterShapeMismatch</c>.
    /// </exception>
    public static async Task<IPredictor> LoadAsync(ModelStore store, Model model, CancellationToken cancellation) =>
        Load(model, await store.ReadParametersAsync(model, null, cancellation).ConfigureAwait(false));

    /// <inheritdoc cref="LoadAsync"/>
    public static IPredictor Load(Model model, IEnumerable<KeyValuePair<string, ParameterValue>> parameters) =>
        Get(DefinitionOf(model).Algorithm).Load(model, parameters.ToDictionary(StringComparer.Ordinal));

    /// <summary>Every number of a model's parameters, with what it belongs to where the model's algorithm says so. Text has none.</summary>
    /// <param name="parameters">All of them, by name; also of a model that was set by hand.</param>
    /// <exception cref="RedisMLException"><c>ParameterShapeMismatch</c>.</exception>
    public static IReadOnlyList<ParameterElement> Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var family = model.Definition is { } definition ? Find(definition.Algorithm) : null;
        return family?.Explain(model, parameters)
            ?? [.. parameters.Where(parameter => parameter.Value is not Scalar { Value: string })
                .SelectMany(parameter => ParameterElement.Of(parameter.Key, parameter.Value))];
    }

    internal static ModelDefinition DefinitionOf(Model model) => model.Definition ?? throw new RedisMLException(
        "ModelNotTrained", ErrorKind.InvalidOperation,
        $"Model '{model.Name}', version {model.Version}, holds parameters that were set by hand; only a trained model can predict. " +
        "Start-RedisDistributedTraining trains one, and Get-RedisModel lists those that there are.",
        model.Name);
}
