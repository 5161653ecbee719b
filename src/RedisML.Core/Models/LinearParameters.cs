namespace RedisML.Models;

/// <summary>The parameters of the built-in models, between the arrays of training and prediction and the fields in Redis.</summary>
/// <param name="Weights">Of the encoded features: [Width], for Softmax [classes, Width] in row order.</param>
/// <param name="Intercepts">[1], for Softmax [classes].</param>
public sealed record LinearParameters(double[] Weights, double[] Intercepts)
{
    public const string WeightName = "weight";
    public const string InterceptName = "intercept";

    /// <summary>The fields: a matrix and a vector for Softmax, else a vector and a scalar.</summary>
    public IReadOnlyList<KeyValuePair<string, ParameterValue>> ToFields(Algorithm algorithm) => algorithm == Algorithm.Softmax
        ? [
            new(WeightName, new Tensor(Weights, Intercepts.Length, Weights.Length / Intercepts.Length)),
            new(InterceptName, new Tensor(Intercepts, Intercepts.Length)),
        ]
        : [new(WeightName, new Tensor(Weights, Weights.Length)), new(InterceptName, new Scalar(Intercepts[0]))];

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
