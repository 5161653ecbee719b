using RedisML.Errors;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Matrix factorisation of ratings, or of events: a user and an item are each a vector, and their product says how well they
/// suit each other.</summary>
/// <remarks>
/// Explicit ratings are the mean, a bias of the user, one of the item, and the product (Koren, Bell and Volinsky, 2009). Of events the
/// product itself is the preference, and how often there were some its confidence (Hu, Koren and Volinsky, 2008). Both are fitted by
/// alternating least squares.
/// </remarks>
internal sealed class FactorizationAlgorithm : IAlgorithm
{
    public const string AlgorithmName = "MatrixFactorization";

    public string Name => AlgorithmName;

    public ModelTask? Task => ModelTask.Regression;

    public IReadOnlyList<AlgorithmOption> Options => FactorizationOptions.All;

    public IOnnxForm? Onnx => null;

    public void Check(TrainingSpecification specification) => FactorizationOptions.Of(this, specification);

    /// <summary>Its features are the user and the item; its steps are its iterations.</summary>
    public TrainingSpecification Complete(TrainingSpecification specification)
    {
        if (specification.Features is not null) throw Unfit("-Feature: its columns are the options User and Item", "Feature");
        if (specification.Categories.Count > 0) throw Unfit("-Category: users and items always are", "Category");
        if (specification.Script is not null) throw Unfit("a script", "ScriptBlock");
        if (specification.L1 != 0) throw Unfit("an L1 penalty", nameof(specification.L1));
        if (specification.Optimizer is not { Kind: OptimizerKind.Lbfgs, Epochs: null, BatchSize: null })
            throw Unfit("an optimizer, epochs or batches: it goes by the option Iterations", nameof(specification.Optimizer));
        if (specification.IsWeighted) throw Unfit("weights: the label of an implicit model is one", "SampleWeight");
        var options = FactorizationOptions.Of(this, specification);
        return specification with { Features = [options.User, options.Item], ExcludedFeatures = [], MaxIteration = options.Iterations };

        RedisMLException Unfit(string what, string target) =>
            new("OptionInvalid", ErrorKind.InvalidArgument, $"{Name} doesn't take {what}.", target);
    }

    public IRunProgram<TrainingResult> Train(TrainingContext context) => context.Validation is null
        ? new FactorizationProgram(context)
        : throw new RedisMLException("OptionInvalid", ErrorKind.InvalidArgument,
            $"{Name} goes through a fixed number of iterations, and takes no validation dataset.", "Validation");

    public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        new FactorPredictor(FactorParameters.Read(model, parameters));

    public IReadOnlyList<ParameterElement> Explain(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) =>
        FactorElements.Of(FactorParameters.Read(model, parameters));
}
