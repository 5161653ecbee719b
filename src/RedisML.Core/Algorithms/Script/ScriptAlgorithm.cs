using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Script;

/// <summary>A model of a training script's own: what its parameters mean, that script knows.</summary>
internal sealed class ScriptAlgorithm : IAlgorithm
{
    public string Name => "Custom";

    public ModelTask? Task => null;

    public IReadOnlyList<AlgorithmOption> Options => [];

    public IOnnxForm? Onnx => null;

    public void Check(TrainingSpecification specification)
    {
        if (specification.Script is { InitialParameters.Count: > 0 }) return;
        throw new RedisMLException("InitialParameterMissing", ErrorKind.InvalidArgument,
            "A model of a script's own needs -InitialParameter: the names of its parameters, and the values to start from.",
            specification.Label);
    }

    public IRunProgram<TrainingResult> Train(TrainingContext context) => new Program(context);

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) => throw new RedisMLException(
        "ModelNotPredictable", ErrorKind.InvalidOperation,
        $"Model '{model.Name}' is a training script's own: only that script knows how its parameters predict. " +
        "Train with -Algorithm and -ScriptBlock together where it is one of the built-in models.", model.Name);

    sealed class Program(TrainingContext context) : GradientProgram(context)
    {
        protected override IReadOnlyList<ParameterShape> Shapes { get; } =
            [.. context.Specification.Script!.InitialParameters.Select(p => p.Parameter)];

        protected override Objective CreateObjective(PipelineFit fit, EncodedLayout layout) =>
            ScriptObjective.Of(Context, fit, layout, null, Shapes);

        protected override void Step(Objective objective, Optimizer optimizer) => ((ScriptObjective)objective).Enter(optimizer);

        protected override IReadOnlyList<KeyValuePair<string, ParameterValue>> Name(double[] parameters, TabularData data)
        {
            var fields = new List<KeyValuePair<string, ParameterValue>>();
            int first = 0;
            foreach (var parameter in Shapes)
            {
                int count = parameter.Count();
                fields.Add(new(parameter.Name, parameter.Shape.Count == 0
                    ? new Scalar(parameters[first]) : new Tensor(parameters[first..(first + count)], [.. parameter.Shape])));
                first += count;
            }
            return fields;
        }
    }
}
