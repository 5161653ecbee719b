using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.NearestCentroid;

/// <summary>A class is the point that has the least mean distance to its rows; a row is of the class whose point is nearest.</summary>
/// <remarks>
/// It starts at the means, and each pass is a step of Weiszfeld's algorithm towards the geometric median. As
/// <c>−½‖x − c‖² = c·x − ½‖c‖² − ½‖x‖²</c>, scores are linear, and their softmax is the probability under normal distributions of
/// variance 1.
/// </remarks>
public sealed class CentroidAlgorithm : IAlgorithm
{
    public const string ParameterName = "centroid";
    public const string PassesName = "passes";

    public string Name => "NearestCentroid";

    public ModelTask? Task => ModelTask.Classes;

    public IReadOnlyList<AlgorithmOption> Options { get; } =
        [new(PassesName, OptionType.Integer, "Passes after the first, which takes the means; 0 unless given.")];

    public IOnnxForm Onnx { get; } = new Form();

    public void Check(TrainingSpecification specification)
    {
    }

    public IRunProgram<TrainingResult> Train(TrainingContext context) => new CentroidProgram(context);

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        new CentroidPredictor(model.Definition!, parameters[ParameterName].ToDoubles());

    /// <summary>The intercept of each class.</summary>
    public static double[] Intercepts(double[] centroids, int width) =>
        [.. centroids.Chunk(width).Select(centroid => -0.5 * centroid.Sum(value => value * value))];

    sealed class Form : IOnnxForm
    {
        public void Write(OnnxModel graph, Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
        {
            var centroids = parameters[ParameterName].ToDoubles();
            graph.PredictClasses(
                graph.AddAlong(1, "Softmax", graph.Scores(centroids, Intercepts(centroids, model.Definition!.RequirePipeline().Width))));
        }
    }
}
