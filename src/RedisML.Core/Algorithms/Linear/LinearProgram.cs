using RedisML.Algorithms.Script;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Linear;

/// <summary>Trains a linear model: by its Gram matrix where that is exact, else by an optimizer.
/// A script may compute the gradient.</summary>
internal sealed class LinearProgram(TrainingContext context, LinearKind kind) : GradientProgram(context)
{
    /// <summary>The widest encoding whose Gram matrix is made to solve Linear.</summary>
    const int MaxSolvedWidth = 2_000;

    /// <summary>What a Gram matrix may cost to start an iterative optimizer from: it saves more evaluations than that,
    /// where columns are few.</summary>
    const int MaxPreconditionedWidth = 1_000;
    const int MaxPreconditionedFeatures = 64;

    bool HasOutputs => kind == LinearKind.Softmax;

    protected override Objective CreateObjective(PipelineFit fit, EncodedLayout layout)
    {
        Objective model = kind switch
        {
            LinearKind.Logistic => new LogisticObjective(layout),
            LinearKind.Softmax => new SoftmaxObjective(layout, fit.ClassShares.Length),
            LinearKind.Poisson => new PoissonObjective(layout),
            _ => new LinearObjective(layout),
        };
        if (Context.Script is null) return model;
        int outputs = model.ParameterCount - model.WeightCount;
        int[] shape = HasOutputs ? [outputs] : [];
        return ScriptObjective.Of(Context, fit, layout, model,
            [new(LinearParameters.WeightName, [.. shape, layout.Width]), new(LinearParameters.InterceptName, shape)]);
    }

    protected override IReadOnlyList<KeyValuePair<string, ParameterValue>> Name(double[] parameters, TabularData data)
    {
        int weights = parameters.Length / (data.Layout.Width + 1) * data.Layout.Width;
        return new LinearParameters(parameters[..weights], parameters[weights..]).ToFields(HasOutputs);
    }

    protected override string? Advise(double loss, ReadOnlySpan<double> parameters, bool converged, TabularData data) =>
        Specification is { L1: 0, L2: 0, Script: null } ? FitAdvice.Of(kind, loss, parameters, converged, data) : null;

    protected override void Step(Objective objective, Optimizer optimizer) => (objective as ScriptObjective)?.Enter(optimizer);

    protected override (double[] Parameters, double Loss)? TrySolve(Objective objective, TabularData data)
    {
        bool isSolvable = kind == LinearKind.Linear && Specification is { L1: 0, Script: null, Optimizer.Kind: OptimizerKind.Lbfgs }
            && data.Validation is null && data.Layout.Width <= MaxSolvedWidth;
        if (!isSolvable) return null;
        WorkLog.Steps?.Step($"Solver: the normal equations, exact, as {data.Layout.Width:N0} features are no more than {MaxSolvedWidth:N0} "
            + "and there is neither -L1 nor -Validation.");
        double mean = data.Fit.LabelMoments.Mean;
        var parameters = RidgeSolver.Solve(data.Sum(new GramTerm(data.Layout), mean), data.Layout.Width, mean, Specification.L2,
            Context.ThrowIfStopping);
        var sum = new GradientSum(data.Sum(objective, parameters));
        double loss = objective.ReportedScale * sum.Loss / sum.Weight;
        if (double.IsFinite(loss)) return (parameters, loss);
        throw new RedisMLException(LossNotFinite, ErrorKind.InvalidData,
            $"The loss isn't finite; look for very large values in the label '{Specification.Label}'.", Specification.Label);
    }

    protected override Preconditioner Preconditioner(Objective objective, TabularData data, bool diagonal)
    {
        bool isSmall = data.Layout.Width <= MaxPreconditionedWidth && data.Layout.Features.Count <= MaxPreconditionedFeatures;
        return !diagonal && isSmall && objective.StartCurvatures(data.Fit) is [double curvature]
            ? RidgeSolver.Preconditioner(data.Sum(new GramTerm(data.Layout), 0), data.Layout.Width, curvature, Specification.L2,
                Context.ThrowIfStopping)
            : base.Preconditioner(objective, data, diagonal);
    }
}
