using System.Text.Json;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Network;

/// <summary>Neural networks of dense layers, with embeddings for categories.</summary>
internal sealed class NetworkAlgorithm : IAlgorithm
{
    public const string AlgorithmName = "Network";

    public string Name => AlgorithmName;

    public ModelTask? Task => null;

    public TrainingDefaults Defaults { get; } = new(OptimizerKind.Adam, L2: 2);

    public IReadOnlyList<AlgorithmOption> Options => NetworkOptions.All;

    public IOnnxForm Onnx { get; } = new NetworkOnnx();

    /// <summary>Weight decay stands in for the penalty.</summary>
    public TrainingDefaults DefaultsWith(IReadOnlyDictionary<string, JsonElement> options) =>
        NetworkOptions.Of(new OptionValues(this, options)).WeightDecay > 0 ? Defaults with { L2 = 0 } : Defaults;

    public ModelTask? TaskOf(TrainingSpecification specification) =>
        NetworkOptions.Of(new OptionValues(this, specification.Options)).Task;

    public void Check(TrainingSpecification specification)
    {
        var options = NetworkOptions.Of(new OptionValues(this, specification.Options));
        if (specification.Optimizer.Kind == OptimizerKind.Lbfgs)
            throw NetworkOptions.Conflict($"{Name} trains by batches: by Adam or Sgd, and not by Lbfgs.", nameof(OptimizerKind.Lbfgs));
        if (specification.Script is not null)
            throw NetworkOptions.Conflict($"{Name} has its own gradient; a script computes one for Linear and its kin.", Name);
        if (options.WeightDecay > 0 && specification.L2 > 0)
        {
            throw NetworkOptions.Conflict("WeightDecay and L2 both pull weights to 0, the one beside the gradient and the other in it; "
                + "use one of them.", "WeightDecay");
        }
    }

    public IRunProgram<TrainingResult> Train(TrainingContext context) => new NetworkProgram(context);

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        new NetworkPredictor(model.Definition!, NetworkParameters.Of(model, parameters));

    public IReadOnlyList<ParameterElement> Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        NetworkParameters.Of(model, parameters).Explain(model.Definition!.RequirePipeline(), parameters);

    /// <summary>What a stored model was told, which is data and may be anything.</summary>
    /// <exception cref="RedisMLException"><c>InvalidModelDefinition</c>.</exception>
    public static NetworkOptions OptionsOf(ModelDefinition definition)
    {
        try
        {
            var given = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
            if (definition.Options is { ValueKind: JsonValueKind.Object } options)
            {
                foreach (var option in options.EnumerateObject())
                    if (NetworkOptions.All.Any(known => IsCalled(known, option.Name))) given[option.Name] = option.Value;
            }
            return NetworkOptions.Of(new OptionValues(new NetworkAlgorithm(), given));
        }
        catch (RedisMLException e) when (e.ErrorId is "OptionInvalid" or "OptionNotFound" or "ConflictingOptions")
        {
            throw new RedisMLException("InvalidModelDefinition", ErrorKind.InvalidData,
                $"The definition of a model of {AlgorithmName} has options that no training has: {e.Message}", AlgorithmName, e);
        }

        static bool IsCalled(AlgorithmOption known, string name) => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
