using System.Diagnostics;
using RedisML.Diagnostics;
using RedisML.Features;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Training.Optimization;

namespace RedisML.Training;

/// <summary>A training by an optimizer, which is told the loss and its gradient.</summary>
internal abstract class GradientProgram(TrainingContext context) : TabularProgram(context)
{
    protected TrainingSpecification Specification => Context.Specification;

    /// <summary>The model as a loss and a gradient.</summary>
    protected abstract Objective CreateObjective(PipelineFit fit, EncodedLayout layout);

    /// <summary>The parameters by name.</summary>
    /// <param name="parameters">The vector in which training holds them.</param>
    protected abstract IReadOnlyList<KeyValuePair<string, ParameterValue>> Name(double[] parameters, TabularData data);

    /// <summary>The order and shapes of parameters that the algorithm's name doesn't tell; else null.</summary>
    protected virtual IReadOnlyList<ParameterShape>? Shapes => null;

    /// <summary>Told of each step before it is taken.</summary>
    protected virtual void Step(Objective objective, Optimizer optimizer)
    {
    }

    /// <summary>The exact parameters and their loss, where there is a way to them without an optimizer; else null.</summary>
    protected virtual (double[] Parameters, double Loss)? TrySolve(Objective objective, TabularData data) => null;

    protected override Solution Solve(TabularData data)
    {
        var objective = CreateObjective(data.Fit, data.Layout);
        return TrySolve(objective, data) is var (parameters, loss)
            ? new() { Parameters = Name(parameters, data), Shapes = Shapes, Loss = loss }
            : Optimize(objective, data);
    }

    Solution Optimize(Objective objective, TabularData data)
    {
        var plan = new OptimizerPlan(Specification, objective, data.Fit);
        if (WorkLog.Steps is { } log) log.Step(plan.Describe(data.Validation is not null));
        long start = Stopwatch.GetTimestamp();
        var optimizer = plan.Create(data.Validation is not null, diagonal => Preconditioner(objective, data, diagonal));
        data.Exchange.Commit(optimizer);
        var sums = new RowSums(objective, data.Training, data.Validation, plan.Batches, plan.BatchPartRows, Specification.Seed ?? 0,
            Context.Team, Context.WorkerCount, data.Exchange);
        double scale = objective.ReportedScale;
        double rows = 0;
        while (optimizer.State == OptimizerState.Running)
        {
            int iteration = optimizer.Iterations;
            bool isValidation = optimizer.Rows.Set == RowSet.Validation;
            Step(objective, optimizer);
            var sum = new GradientSum(sums.At(optimizer.Rows, optimizer.Point));
            rows += sum.Weight * (data.Fit.Rows / data.Fit.Weight);
            optimizer.Advance(sum.Loss, sum.Gradient, sum.Weight);
            data.Exchange.Commit(optimizer);
            if (optimizer.Iterations > iteration || isValidation)
            {
                double validation = isValidation ? scale * sum.Loss / sum.Weight : double.NaN;
                data.Report(optimizer.Iterations, scale * optimizer.Loss, (long)rows, validation);
            }
        }
        WorkLog.Steps?.Step($"Ended {optimizer.State} after {optimizer.Iterations:N0} iterations and {optimizer.Evaluations:N0} "
            + $"evaluations in {Stopwatch.GetElapsedTime(start).TotalSeconds:N2} s, loss {scale * optimizer.Loss:G6}.");
        bool converged = optimizer.State is not (OptimizerState.IterationLimit or OptimizerState.Stalled);
        return new()
        {
            Parameters = Name(optimizer.Solution.ToArray(), data),
            Shapes = Shapes,
            Loss = scale * optimizer.Loss,
            ValidationLoss = data.Validation is null ? null : scale * optimizer.ValidationLoss,
            Iterations = optimizer.Iterations,
            Evaluations = optimizer.Evaluations,
            Converged = converged,
            Advice = Advise(optimizer.Loss, optimizer.Solution.Span, converged, data),
        };
    }

    /// <summary>What is wrong with the problem and what helps, where the model knows; else null.</summary>
    /// <param name="loss">The mean loss of a row.</param>
    protected virtual string? Advise(double loss, ReadOnlySpan<double> parameters, bool converged, TabularData data) => null;

    /// <summary>An estimate of the inverse Hessian to start from.</summary>
    /// <param name="diagonal">Whether it must be diagonal.</param>
    protected virtual Preconditioner Preconditioner(Objective objective, TabularData data, bool diagonal)
    {
        var curvatures = objective.StartCurvatures(data.Fit);
        return new DiagonalPreconditioner(curvatures.Length > 0
            ? Diagonal(objective, data, curvatures) : [.. Enumerable.Repeat(data.Fit.Weight, objective.ParameterCount)]);
    }

    double[] Diagonal(Objective objective, TabularData data, double[] curvatures)
    {
        int width = data.Layout.Width;
        var diagonal = new double[objective.ParameterCount];
        for (int k = 0; k < curvatures.Length; k++)
        {
            var weights = diagonal.AsSpan(k * width, width);
            weights.Fill(Specification.L2);
            Lanes.AddScaled(weights, curvatures[k], data.Fit.SquareSums);
            weights.Replace(0, 1); // a constant column, not penalised
            diagonal[objective.WeightCount + k] = curvatures[k] * data.Fit.Weight;
        }
        return diagonal;
    }
}
