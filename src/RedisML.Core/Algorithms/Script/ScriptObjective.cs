using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Training.Scripts;

namespace RedisML.Algorithms.Script;

/// <summary>A model whose loss and gradient a script computes; or, to be averaged, its parameters trained on the rows.</summary>
/// <param name="model">The built-in model that it is; null where it is the script's own.</param>
/// <param name="parameters">The parameters in the order in which the vector holds them.</param>
/// <param name="start">Null where <paramref name="model"/> has one.</param>
internal sealed class ScriptObjective(
    EncodedLayout layout, Objective? model, IReadOnlyList<ParameterShape> parameters, double[]? start, IReadOnlyList<string>? classes,
    ITrainingScript script, ScriptReduction reduction, bool needsLoss) : Objective(layout, outputs: 0)
{
    /// <summary>What a training's script trains: another model's parameters, or some of its own.</summary>
    /// <param name="model">Null where the model is the script's own.</param>
    public static ScriptObjective Of(
        TrainingContext context, PipelineFit fit, EncodedLayout layout, Objective? model, IReadOnlyList<ParameterShape> parameters)
    {
        var specification = context.Specification;
        var (initial, reduction) = (specification.Script!.InitialParameters, specification.Script.Reduction);
        double[]? start = model is null ? [.. initial.SelectMany(p => p.Values)]
            : initial.Count == 0 ? null : [.. parameters.SelectMany(p => Find(p).Values)];
        bool needsLoss = reduction == ScriptReduction.Sum && specification.Optimizer.Kind == OptimizerKind.Lbfgs;
        return new(layout, model, parameters, start, fit.Pipeline.Label.Classes, context.Script!, reduction, needsLoss);

        InitialParameter Find(ParameterShape parameter) =>
            initial.FirstOrDefault(p =>
                p.Parameter.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase) && p.Values.Length == parameter.Count())
            ?? throw new RedisMLException("InitialParameterInvalid", ErrorKind.InvalidArgument,
                $"{specification.Algorithm} has a parameter '{parameter.Name}' of {parameter.Count():N0} numbers, which " +
                "-InitialParameter doesn't give.", parameter.Name);
    }

    readonly EncodedLayout _layout = layout;

    /// <summary>Where the training is.</summary>
    public ScriptStep Step { get; private set; }

    /// <summary>Told by the leader, between steps.</summary>
    public void Enter(Optimizer optimizer) =>
        Step = new(optimizer.Evaluations, optimizer.Iterations, optimizer.Rows.Set == RowSet.Validation);

    public override int WeightCount => model?.WeightCount ?? 0;

    public override int ParameterCount { get; } = parameters.Sum(p => p.Count());

    public override int ScratchPerRow => 0;

    public override double[] Start(PipelineFit fit) => start ?? model!.Start(fit);

    public override double[] StartIntercepts(PipelineFit fit) => model?.StartIntercepts(fit) ?? [];

    public override double[] StartCurvatures(PipelineFit fit) => model?.StartCurvatures(fit) ?? [];

    public override double Curvature(PipelineFit fit) => model?.Curvature(fit) ?? 1;

    public override double ParameterScale(PipelineFit fit) => model?.ParameterScale(fit) ?? 1;

    protected override double AddGradient(
        EncodedBlock block, Targets targets, ReadOnlySpan<double> vector, Span<double> gradient, Span<double> scratch)
    {
        var outcome = script.Run(new(_layout, block, targets, classes), Named(vector), Step);
        double weight = reduction == ScriptReduction.Average ? targets.TotalWeight : 1;
        int first = 0;
        foreach (var parameter in parameters)
        {
            int count = parameter.Count();
            if (!Step.IsValidation)
            {
                if (!outcome.Values.TryGetValue(parameter.Name, out var values))
                    throw Invalid($"The script returned nothing for parameter '{parameter.Name}'", parameter.Name);
                if (values.Length != count)
                    throw Invalid($"The script returned {values.Length:N0} numbers for parameter '{parameter.Name}', which has {count:N0}",
                        parameter.Name);
                Lanes.AddScaled(gradient.Slice(first, count), weight, values);
            }
            first += count;
        }
        if (outcome.Loss is null && (needsLoss || Step.IsValidation))
            throw Invalid("The script returned no Loss, which L-BFGS and -Validation need", "Loss");
        return outcome.Loss ?? 0;
    }

    Dictionary<string, object> Named(ReadOnlySpan<double> vector)
    {
        var named = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        int first = 0;
        foreach (var parameter in parameters)
        {
            int count = parameter.Count();
            named[parameter.Name] = parameter.Shape.Count == 0 ? vector[first] : vector.Slice(first, count).ToArray();
            first += count;
        }
        return named;
    }

    static RedisMLException Invalid(string what, string name) => new("ScriptResultInvalid", ErrorKind.InvalidData,
        $"{what}. It should return a hashtable with the sum of its rows' losses as Loss and a number or an array for each parameter.",
        name);
}
