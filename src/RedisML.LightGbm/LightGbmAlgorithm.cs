using RedisML.Errors;
using RedisML.Features;
using RedisML.LightGbm.Training;
using RedisML.LightGbm.Trees;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.LightGbm;

/// <summary>Gradient boosting by LightGBM (Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", 2017).</summary>
/// <remarks>
/// Its parameters: <c>model</c>, LightGBM's own text; <c>gain</c> and <c>split</c>, [features]: by how much the splits of each lower the
/// objective, and how many there are.
/// </remarks>
sealed class LightGbmAlgorithm : IAlgorithm
{
    public const string TextName = "model", GainName = "gain", SplitName = "split";

    public string Name => "LightGbm";

    public ModelTask? Task => null;

    public TrainingDefaults Defaults { get; } = new(L2: 0, Missing: MissingPolicy.Keep);

    public IReadOnlyList<AlgorithmOption> Options => ParameterNames.Options;

    public IOnnxForm Onnx { get; } = new LightGbmOnnx();

    public ModelTask? TaskOf(TrainingSpecification specification) => new BoostingOptions(specification).Task;

    public void Check(TrainingSpecification specification)
    {
        BoostingOptions.CheckCombination(specification);
        new BoostingOptions(specification).Check();
    }

    public TrainingSpecification Complete(TrainingSpecification specification) =>
        specification with { MaxIteration = new BoostingOptions(specification).MaxTrees };

    public IRunProgram<TrainingResult> Train(TrainingContext context) => new BoostingProgram(context);

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var (text, link) = Read(model, parameters);
        return new LightGbmPredictor(model.Definition!, text.ReadTrees(model.Name), text.Outputs, link);
    }

    public IReadOnlyList<ParameterElement>? Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var features = model.Definition!.RequirePipeline().Features;
        return
        [
            .. from name in new[] { GainName, SplitName }
               where parameters.ContainsKey(name) && parameters[name].Shape is [var length] && length == features.Count
               from element in ParameterElement.Of(name, parameters[name])
               orderby name, element.Value descending
               select element with { Feature = features[element.Index[0]].Column },
        ];
    }

    public byte[]? WriteNative(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        _ = Read(model, parameters);
        return System.Text.Encoding.UTF8.GetBytes($"{parameters[TextName]}");
    }

    /// <summary>What is kept of a model: its text, and how much each feature matters.</summary>
    public static IReadOnlyList<KeyValuePair<string, ParameterValue>> ToParameters(string text, IReadOnlyList<Tree> trees, int features) =>
    [
        new(TextName, new Scalar(text)),
        new(GainName, new Tensor(Importance.Gains(trees, features), features)),
        new(SplitName, new Tensor(Importance.Splits(trees, features), features)),
    ];

    /// <summary>The text of a model, checked against its definition, and what its scores mean.</summary>
    /// <exception cref="RedisMLException"><c>ModelTextInvalid</c>, <c>ModelNotPredictable</c>.</exception>
    public static (ModelText Text, Link Link) Read(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        if (parameters.GetValueOrDefault(TextName) is not Scalar { Value: string written })
            throw new RedisMLException("ModelNotPredictable", ErrorKind.InvalidOperation,
                $"Model '{model.Name}' has no parameter '{TextName}' with LightGBM's text.", model.Name);
        var text = ModelText.Parse(written, model.Name);
        var pipeline = model.Definition!.RequirePipeline();
        var link = Link.Of(text.Objective, model.Name);
        int classes = pipeline.Label.Classes?.Count ?? 0;
        int outputs = link.Kind == LinkKind.Sigmoid || classes == 0 ? 1 : classes;
        bool fits = text.FeatureCount == pipeline.Features.Count && link.IsOfClasses == classes > 0 && text.Outputs == outputs
            && (link.Kind != LinkKind.Sigmoid || classes == 2);
        return fits ? (text, link) : throw new RedisMLException("ModelTextInvalid", ErrorKind.InvalidData,
            $"The text of model '{model.Name}' has {text.FeatureCount} features, {text.Outputs} outputs and objective '{text.Objective}'; "
            + $"its definition has {pipeline.Features.Count} features and {classes} classes.", model.Name);
    }
}
