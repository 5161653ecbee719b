using RedisML.Errors;
using RedisML.Models;

namespace RedisML.Algorithms.Linear;

/// <summary>The parameters of the linear family, between the arrays of training and prediction and the fields in Redis.</summary>
/// <param name="Weights">The weights of the encoded features: [Width], for Softmax [classes, Width] in row order.</param>
/// <param name="Intercepts">The intercepts: one, for Softmax one for each class.</param>
public sealed record LinearParameters(double[] Weights, double[] Intercepts)
{
    public const string WeightName = "weight";
    public const string InterceptName = "intercept";

    /// <summary>The fields: a matrix and a vector for Softmax, a vector and a scalar for the others.</summary>
    /// <param name="hasOutputs">Whether there is an output a class.</param>
    public IReadOnlyList<KeyValuePair<string, ParameterValue>> ToFields(bool hasOutputs) => hasOutputs
        ? [
            new(WeightName, new Tensor(Weights, Intercepts.Length, Weights.Length / Intercepts.Length)),
            new(InterceptName, new Tensor(Intercepts, Intercepts.Length)),
        ]
        : [new(WeightName, new Tensor(Weights, Weights.Length)), new(InterceptName, new Scalar(Intercepts[0]))];

    /// <summary>Takes the parameters of a trained version from its fields, and checks their shapes.</summary>
    /// <exception cref="RedisMLException"><c>ParameterShapeMismatch</c>; <c>ParameterNotNumeric</c>.</exception>
    public static LinearParameters Of(Model model, IReadOnlyDictionary<string, ParameterValue> fields)
    {
        var definition = model.Definition!;
        int width = definition.RequirePipeline().Width;
        int outputs = LinearFamily.KindOf(definition.Algorithm) == LinearKind.Softmax ? definition.RequirePipeline().Label.Classes!.Count
            : 1;
        return new(Checked(WeightName, (long)width * outputs), Checked(InterceptName, outputs));

        double[] Checked(string name, long count)
        {
            var values = fields.TryGetValue(name, out var field) ? field.ToDoubles() : [];
            return values.Length == count ? values : throw new RedisMLException("ParameterShapeMismatch", ErrorKind.InvalidData,
                $"Parameter '{name}' of model '{model.Name}', version {model.Version}, has {values.Length:N0} values; its definition " +
                $"calls for {count:N0}.", name);
        }
    }
}
