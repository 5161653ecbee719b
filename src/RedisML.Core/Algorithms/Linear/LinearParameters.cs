using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Algorithms.Linear;

/// <summary>The parameters of the built-in models, between the arrays of training and prediction and the fields in Redis.</summary>
/// <param name="Weights">Of the encoded features: [Width], for Softmax [classes, Width] in row order; for Custom all parameters.</param>
/// <param name="Intercepts">[1], for Softmax [classes].</param>
public sealed record LinearParameters(double[] Weights, double[] Intercepts)
{
    public const string WeightName = "weight";
    public const string InterceptName = "intercept";

    /// <summary>The fields: a matrix and a vector for Softmax, a vector and a scalar for other built-in models, and what the definition says for Custom.</summary>
    public IReadOnlyList<KeyValuePair<string, ParameterValue>> ToFields(ModelDefinition definition) => definition.Algorithm == Algorithm.Custom
        ? CustomFields(definition.Parameters!)
        : definition.Algorithm == Algorithm.Softmax
        ? [
            new(WeightName, new Tensor(Weights, Intercepts.Length, Weights.Length / Intercepts.Length)),
            new(InterceptName, new Tensor(Intercepts, Intercepts.Length)),
        ]
        : [new(WeightName, new Tensor(Weights, Weights.Length)), new(InterceptName, new Scalar(Intercepts[0]))];

    List<KeyValuePair<string, ParameterValue>> CustomFields(IReadOnlyList<ParameterShape> parameters)
    {
        var fields = new List<KeyValuePair<string, ParameterValue>>();
        int first = 0;
        foreach (var parameter in parameters)
        {
            int count = parameter.Count();
            fields.Add(new(parameter.Name, parameter.Shape.Count == 0
                ? new Scalar(Weights[first]) : new Tensor(Weights[first..(first + count)], [.. parameter.Shape])));
            first += count;
        }
        return fields;
    }

    /// <summary>Reads the parameters of a trained version, and checks their shapes.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotTrained</c>; <c>ParameterShapeMismatch</c>; <c>ParameterNotNumeric</c>.</exception>
    public static async Task<LinearParameters> ReadAsync(ModelStore store, Model model, CancellationToken cancellation) =>
        Of(model, await store.ReadParametersAsync(model, [WeightName, InterceptName], cancellation).ConfigureAwait(false));

    /// <summary>Takes the parameters of a trained version from its fields.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static LinearParameters Of(Model model, IEnumerable<KeyValuePair<string, ParameterValue>> fields)
    {
        var definition = model.Definition ?? throw new RedisMLException("ModelNotTrained", ErrorKind.InvalidOperation,
            $"Model '{model.Name}', version {model.Version}, holds parameters that were set by hand; only a trained model can predict.", model.Name);
        if (definition.Algorithm == Algorithm.Custom)
        {
            throw new RedisMLException("ModelNotPredictable", ErrorKind.InvalidOperation,
                $"Model '{model.Name}' is a training script's own: only that script knows how its parameters predict. " +
                "Train with -Algorithm and -ScriptBlock together where it is one of the built-in models.", model.Name);
        }
        int width = definition.Pipeline.Width, outputs = definition.Algorithm == Algorithm.Softmax ? definition.Pipeline.Label.Classes!.Count : 1;
        var known = fields.ToDictionary();
        return new(Checked(WeightName, (long)width * outputs), Checked(InterceptName, outputs));

        double[] Checked(string name, long count)
        {
            var values = known.TryGetValue(name, out var field) ? field.ToDoubles() : [];
            return values.Length == count ? values : throw new RedisMLException("ParameterShapeMismatch", ErrorKind.InvalidData,
                $"Parameter '{name}' of model '{model.Name}', version {model.Version}, has {values.Length:N0} values; its definition calls for {count:N0}.", name);
        }
    }
}
