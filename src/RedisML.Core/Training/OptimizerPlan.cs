using RedisML.Training.Optimization;
using RedisML.Training.Scripts;

namespace RedisML.Training;

/// <summary>Makes the optimizer that a specification asks for; what it leaves open follows from the data.</summary>
internal sealed class OptimizerPlan
{
    const int PartRows = 256;

    /// <summary>How many models are averaged, where rows are many.</summary>
    const int AveragedParts = 8;

    const int DefaultAverageEpochs = 10;
    const int DefaultBatchSize = 256;
    const int MinDefaultEpochs = 10;
    const int MinDefaultBatches = 5_000;

    readonly TrainingSpecification _specification;
    readonly Objective _objective;
    readonly PipelineFit _fit;
    readonly Penalty _penalty;
    readonly double[] _start;

    public OptimizerPlan(TrainingSpecification specification, Objective objective, PipelineFit fit)
    {
        (_specification, _objective, _fit) = (specification, objective, fit);
        _penalty = new(specification.L1, specification.L2, objective.WeightCount);
        _start = objective.Start(fit);
        BatchPartRows = PartRows;
        if (IsAverage)
        {
            Batches = 1;
            BatchPartRows = (int)Math.Max(PartRows, Options.BatchSize ?? (fit.Rows + AveragedParts - 1) / AveragedParts);
            return;
        }
        if (Options.Kind == OptimizerKind.Lbfgs) return;
        double size = Options.BatchSize ?? Math.Min(DefaultBatchSize, Math.Ceiling(fit.Rows / 5.0));
        Batches = (int)Math.Clamp(Math.Round(fit.Rows / size), 1, int.MaxValue);
    }

    /// <summary>Batches of a pass over the rows; 0 where all are taken at once.</summary>
    public int Batches { get; }

    /// <summary>How many rows of a batch a worker takes at once.</summary>
    public int BatchPartRows { get; }

    bool IsAverage => _specification.Script?.Reduction == ScriptReduction.Average;

    OptimizerOptions Options => _specification.Optimizer;

    /// <param name="preconditioner">Called for the optimizers that start from one; told whether it must be diagonal.</param>
    public Optimizer Create(bool hasValidation, Func<bool, Preconditioner> preconditioner)
    {
        Optimizer optimizer = Options.Kind switch
        {
            _ when IsAverage => new ParameterAverage(_start, Options.Epochs ?? DefaultAverageEpochs),
            OptimizerKind.Sgd => new Sgd(_start, _penalty, BatchPlan(SgdRate()), Options.Momentum),
            OptimizerKind.Adam => new Adam(_start, _penalty, BatchPlan(AdamRate())),
            _ when _specification.L1 > 0 => new OrthantWise(
                _start, (DiagonalPreconditioner)preconditioner(true), _penalty, _specification.MaxIteration, _specification.Tolerance),
            _ => new Lbfgs(_start, preconditioner(false), _penalty, _specification.MaxIteration, _specification.Tolerance),
        };
        return hasValidation || Batches > 0 && !IsAverage ? new MonitoredOptimizer(optimizer, hasValidation ? Options.Patience : null)
            : optimizer;
    }

    /// <summary>Which optimizer it is, and why.</summary>
    public string Describe(bool hasValidation) => (Options.Kind switch
    {
        _ when IsAverage => "Solver: the average of models trained apart, as -Reduce Average asks",
        OptimizerKind.Lbfgs when _specification.L1 > 0 => "Solver: L-BFGS of orthants, since -L1 is above 0",
        OptimizerKind.Lbfgs => "Solver: L-BFGS over all rows at once, as no exact solution is at hand",
        _ => $"Solver: {Options.Kind}, {Batches:N0} batches a pass, learning rate " +
            (Options.LearningRate is { } rate ? $"{rate:G3} as given" : "by the curvature of the loss"),
    }) + $"; at most {_specification.MaxIteration:N0} iterations, tolerance {_specification.Tolerance:G2}"
        + (hasValidation ? $"; it ends after {Options.Patience} passes without a better loss of the validation rows." : ".");

    /// <summary>Below what would oscillate: the Hessian's largest eigenvalue is at most its trace,
    /// one of each feature and the intercept.</summary>
    double SgdRate() => 1 / (_objective.Curvature(_fit) * (_fit.Layout.Features.Count + 1));

    double AdamRate() => 0.01 * _objective.ParameterScale(_fit);

    BatchPlan BatchPlan(double defaultRate)
    {
        int epochs = Options.Epochs ?? Math.Max(MinDefaultEpochs, (MinDefaultBatches + Batches - 1) / Batches);
        return new(epochs, Batches, _fit.Weight, Options.LearningRate ?? defaultRate, Options.Schedule);
    }
}
