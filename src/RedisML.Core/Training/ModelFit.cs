using RedisML.Algorithms.Linear;
using RedisML.Algorithms.Script;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training.Optimization;

namespace RedisML.Training;

/// <summary>Finds the parameters that fit encoded rows: runs on the leader, and the team adds up.</summary>
internal sealed class ModelFit(
    TrainingSpecification specification, PipelineFit fit, TrainingData data, TrainingData? validation, WorkerTeam team, int workerCount,
    ITrainingExchange exchange, ITrainingScript? script, Action<int, double, long> report)
{
    /// <summary>The widest encoding whose Gram matrix is made to solve Linear.</summary>
    const int MaxSolvedWidth = 2_000;

    /// <summary>What a Gram matrix may cost to start an iterative optimizer from: it saves more evaluations than that, where columns are few.</summary>
    const int MaxPreconditionedWidth = 1_000;
    const int MaxPreconditionedFeatures = 64;

    readonly Objective _objective = CreateObjective(specification, fit, data.Layout, script);

    public Solution Run() => IsSolvable ? Solve() : Optimize();

    bool IsSolvable => specification is { Algorithm: Algorithm.Linear, L1: 0, Script: null, Optimizer.Kind: OptimizerKind.Lbfgs }
        && validation is null && data.Layout.Width <= MaxSolvedWidth;

    Solution Solve()
    {
        var parameters = RidgeSolver.Solve(
            Gram(fit.LabelMoments.Mean), data.Layout.Width, fit.LabelMoments.Mean, specification.L2, team.ThrowIfStopping);
        var sum = new BlockSum(data, _objective, team, workerCount, exchange).At(parameters);
        double loss = _objective.ReportedScale * sum[^2] / sum[^1];
        if (!double.IsFinite(loss))
        {
            throw new RedisMLException("LossNotFinite", ErrorKind.InvalidData,
                $"The loss isn't finite; look for very large values in the label '{specification.Label}'.", specification.Label);
        }
        return new(parameters, loss, Iterations: 0, Evaluations: 1, Converged: true);
    }

    Solution Optimize()
    {
        var plan = new OptimizerPlan(specification, _objective, fit);
        var optimizer = plan.Create(validation is not null, Preconditioner);
        exchange.Attach(optimizer);
        var sums = new RowSums(_objective, data, validation, plan.Batches, plan.BatchPartRows, specification.Seed ?? 0, team, workerCount, exchange);
        double scale = _objective.ReportedScale;
        double rows = 0;
        while (optimizer.State == OptimizerState.Running)
        {
            int iteration = optimizer.Iterations;
            if (_objective is ScriptObjective scripted)
                scripted.Step = new(optimizer.Evaluations, iteration, optimizer.Rows.Set == RowSet.Validation);
            var sum = sums.At(optimizer.Rows, optimizer.Point);
            rows += sum[^1] * (fit.Rows / fit.Weight);
            optimizer.Advance(sum[^2], sum[..^2], sum[^1]);
            if (optimizer.Iterations > iteration) report(optimizer.Iterations, scale * optimizer.Loss, (long)rows);
        }
        return new(optimizer.Solution.ToArray(), scale * optimizer.Loss, optimizer.Iterations, optimizer.Evaluations,
            optimizer.State is not (OptimizerState.IterationLimit or OptimizerState.Stalled),
            validation is null ? null : scale * optimizer.ValidationLoss);
    }

    static Objective CreateObjective(TrainingSpecification specification, PipelineFit fit, EncodedLayout layout, ITrainingScript? script)
    {
        Objective? model = specification.Algorithm switch
        {
            Algorithm.Linear => new LinearObjective(layout),
            Algorithm.Logistic => new LogisticObjective(layout),
            Algorithm.Softmax => new SoftmaxObjective(layout, fit.ClassShares.Length),
            Algorithm.Poisson => new PoissonObjective(layout),
            _ => null,
        };
        return script is null ? model! : ScriptObjective.Create(specification, fit, layout, model, script);
    }

    Preconditioner Preconditioner(bool diagonal)
    {
        var curvatures = _objective.StartCurvatures(fit);
        bool isSmall = data.Layout.Width <= MaxPreconditionedWidth && data.Layout.Features.Count <= MaxPreconditionedFeatures;
        if (curvatures.Length == 0) return new DiagonalPreconditioner([.. Enumerable.Repeat(fit.Weight, _objective.ParameterCount)]);
        return !diagonal && isSmall && curvatures is [double curvature]
            ? RidgeSolver.Preconditioner(Gram(0), data.Layout.Width, curvature, specification.L2, team.ThrowIfStopping)
            : new DiagonalPreconditioner(Diagonal(curvatures));
    }

    double[] Diagonal(double[] curvatures)
    {
        int width = data.Layout.Width;
        var diagonal = new double[_objective.ParameterCount];
        for (int k = 0; k < curvatures.Length; k++)
        {
            var weights = diagonal.AsSpan(k * width, width);
            weights.Fill(specification.L2);
            Lanes.AddScaled(weights, curvatures[k], fit.SquareSums);
            weights.Replace(0, 1); // a constant column, not penalised
            diagonal[_objective.WeightCount + k] = curvatures[k] * fit.Weight;
        }
        return diagonal;
    }

    ReadOnlySpan<double> Gram(double labelMean) =>
        new BlockSum(data, new GramTerm(data.Layout), team, workerCount, exchange).At(new double[] { labelMean });
}
