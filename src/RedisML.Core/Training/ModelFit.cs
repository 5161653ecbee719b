using RedisML.Models;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>Finds the parameters that fit encoded rows: runs on the leader, and the team adds up.</summary>
internal sealed class ModelFit(
    TrainingSpecification specification, PipelineFit fit, TrainingData data, WorkerTeam team, int workerCount, ITrainingExchange exchange,
    Action<int, double, long> report)
{
    /// <summary>The widest encoding whose Gram matrix is made to solve Linear.</summary>
    const int MaxSolvedWidth = 2_000;

    /// <summary>What a Gram matrix may cost to start an iterative optimizer from: it saves more evaluations than that, where columns are few.</summary>
    const int MaxPreconditionedWidth = 1_000;
    const int MaxPreconditionedFeatures = 64;

    readonly Objective _objective = specification.Algorithm switch
    {
        Algorithm.Linear => new LinearObjective(data.Layout),
        Algorithm.Logistic => new LogisticObjective(data.Layout),
        Algorithm.Softmax => new SoftmaxObjective(data.Layout, fit.ClassCounts.Length),
        var other => throw new RedisMLException("UnknownAlgorithm", ErrorKind.InvalidArgument, $"There is no algorithm '{other}'.", other),
    };

    public Solution Run() =>
        specification.Algorithm == Algorithm.Linear && data.Layout.Width <= MaxSolvedWidth ? Solve() : Optimize();

    Solution Solve()
    {
        var parameters = RidgeSolver.Solve(
            Gram(fit.LabelMoments.Mean), data.Layout.Width, fit.Rows, fit.LabelMoments.Mean, specification.L2, team.ThrowIfStopping);
        double loss = _objective.MeanLoss(new BlockSum(data, _objective, team, workerCount, exchange).At(parameters)[^1], fit.Rows);
        if (!double.IsFinite(loss))
        {
            throw new RedisMLException("LossNotFinite", ErrorKind.InvalidData,
                $"The loss isn't finite; look for very large values in the label '{specification.Label}'.", specification.Label);
        }
        return new(parameters, loss, Iterations: 0, Evaluations: 1, Converged: true);
    }

    Solution Optimize()
    {
        double[] start = [.. new double[_objective.WeightCount], .. _objective.StartIntercepts(fit)];
        Optimizer optimizer = new Lbfgs(start, Preconditioner(), specification.MaxIteration, specification.Tolerance);
        exchange.Attach(optimizer);
        var sum = new BlockSum(data, _objective, team, workerCount, exchange);
        var gradient = new double[_objective.ParameterCount];
        while (optimizer.State == OptimizerState.Running)
        {
            int iteration = optimizer.Iterations;
            var total = sum.At(optimizer.Point);
            total[..^1].CopyTo(gradient);
            var weights = optimizer.Point.Span[.._objective.WeightCount];
            Lanes.AddScaled(gradient.AsSpan(0, weights.Length), specification.L2, weights);
            optimizer.Advance(total[^1] + Penalty(weights), gradient);
            if (optimizer.Iterations > iteration) report(optimizer.Iterations, MeanLoss(optimizer), optimizer.Evaluations * fit.Rows);
        }
        return new(optimizer.Solution.ToArray(), MeanLoss(optimizer), optimizer.Iterations, optimizer.Evaluations,
            optimizer.State == OptimizerState.Converged);
    }

    double Penalty(ReadOnlySpan<double> weights) => specification.L2 / 2 * Lanes.Dot(weights, weights);

    double MeanLoss(Optimizer optimizer) =>
        _objective.MeanLoss(optimizer.Loss - Penalty(optimizer.Solution.Span[.._objective.WeightCount]), fit.Rows);

    Preconditioner Preconditioner()
    {
        var curvatures = _objective.StartCurvatures(fit);
        bool isSmall = data.Layout.Width <= MaxPreconditionedWidth && data.Layout.Features.Count <= MaxPreconditionedFeatures;
        return isSmall && curvatures is [double curvature]
            ? RidgeSolver.Preconditioner(Gram(0), data.Layout.Width, fit.Rows, curvature, specification.L2, team.ThrowIfStopping)
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
            diagonal[_objective.WeightCount + k] = curvatures[k] * fit.Rows;
        }
        return diagonal;
    }

    ReadOnlySpan<double> Gram(double labelMean) =>
        new BlockSum(data, new GramTerm(data.Layout), team, workerCount, exchange).At(new double[] { labelMean });
}
