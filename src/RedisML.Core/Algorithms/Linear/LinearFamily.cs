using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.Algorithms.Linear;

/// <summary>The models of the family, by name.</summary>
internal enum LinearKind
{
    /// <summary>Least squares with an L2 penalty (ridge).</summary>
    Linear,

    /// <summary>Binary logistic regression.</summary>
    Logistic,

    /// <summary>Multinomial logistic regression.</summary>
    Softmax,

    /// <summary>Poisson regression: the logarithm of the expected count or rate is linear.</summary>
    Poisson,
}

/// <summary>Generalised linear models: scores are linear in the encoded features.</summary>
internal sealed class LinearFamily(LinearKind kind) : IAlgorithm
{
    public string Name => kind.ToString();

    public ModelTask? Task => kind switch
    {
        LinearKind.Logistic => ModelTask.Binary,
        LinearKind.Softmax => ModelTask.Classes,
        LinearKind.Poisson => ModelTask.Counts,
        _ => ModelTask.Regression,
    };

    public IReadOnlyList<AlgorithmOption> Options => [];

    public IOnnxForm Onnx { get; } = new LinearOnnx();

    public static LinearKind KindOf(string algorithm) => Enum.TryParse<LinearKind>(algorithm, out var kind) && Enum.IsDefined(kind) ? kind
        : throw NearestName.NotFound("AlgorithmNotFound", "algorithm", algorithm, Enum.GetNames<LinearKind>());

    public void Check(TrainingSpecification specification)
    {
    }

    public IRunProgram<TrainingResult> Train(TrainingContext context) => new LinearProgram(context, kind);

    public IReadOnlyList<ParameterElement>? Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        LinearCoefficients.Of(model, LinearParameters.Of(model, parameters));

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        new LinearPredictor(model.Definition!, LinearParameters.Of(model, parameters));
}
