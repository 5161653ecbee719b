using System.Diagnostics;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>A training on encoded features: it loads and encodes the rows,
/// and leaves to find the parameters to those who derive from it.</summary>
public abstract class TabularProgram : IRunProgram<TrainingResult>
{
    readonly HeldChunks _held;
    long _validationDropped;

    protected TabularProgram(TrainingContext context)
    {
        Context = context;
        _held = Hold(context.Source, context.Progress);
    }

    protected TrainingContext Context { get; }

    public int Leaves => _held.Map?.Leaves ?? 0;

    public void Prepare(Share share) => _held.Prepare(share);

    public TrainingResult Run(IExchange exchange)
    {
        long start = Stopwatch.GetTimestamp();
        var (specification, plan) = (Context.Specification, Context.Plan);
        var fit = new PipelineFit(plan, specification, _held.Merge(exchange.Gather(_held.Statistics)));
        if (WorkLog.Steps is { } log)
        {
            log.Step($"{fit.Rows:N0} rows loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:N2} s; {fit.Layout.Features.Count:N0} "
                + $"columns make {fit.Layout.Width:N0} features.");
            if (fit.Dropped.Rows > 0) log.Step(fit.Dropped.Describe(fit.Rows));
        }
        var data = new TabularData(Context, fit, _held.Encode(fit), LoadValidation(fit), exchange);
        Solution solution;
        try
        {
            solution = Solve(data);
        }
        catch (RedisMLException e) when (e.ErrorId == LossNotFinite && Context.Team.NotFiniteWorker is { } worker)
        {
            throw new RedisMLException(e.ErrorId, e.Kind, $"{e.Message} Worker {worker} came upon it.", e.Target, e);
        }
        return new TrainingResult
        {
            Task = plan.Task,
            Pipeline = fit.Pipeline,
            Parameters = solution.Parameters,
            Shapes = solution.Shapes,
            Loss = solution.Loss,
            ValidationLoss = solution.ValidationLoss,
            Iterations = solution.Iterations,
            Evaluations = solution.Evaluations,
            Converged = solution.Converged,
            RowsUsed = fit.Rows,
            RowsDropped = fit.Dropped.Rows,
            Warnings = [.. Warnings(fit, solution)],
            Elapsed = Stopwatch.GetElapsedTime(start),
        };
    }

    internal const string LossNotFinite = "LossNotFinite";

    /// <summary>Finds the parameters, together with the other nodes.</summary>
    protected abstract Solution Solve(TabularData data);

    /// <summary>All validation rows: each node judges by all of them, and needs no other for that.</summary>
    TrainingData? LoadValidation(PipelineFit fit)
    {
        if (Context.Validation is null) return null;
        var held = Hold(Context.Validation, progress: null);
        held.Prepare(LocalLink.All);
        _validationDropped = held.Dropped;
        var data = held.Encode(fit);
        if (held.Weight > 0) return data;
        throw new RedisMLException("NoRow", ErrorKind.InvalidData, "The validation dataset has no rows with all that training needs.",
            Context.Specification.Label);
    }

    IEnumerable<string> Warnings(PipelineFit fit, Solution solution)
    {
        if (fit.Dropped.Rows > 0) yield return fit.Dropped.Describe(fit.Rows);
        if (_validationDropped > 0)
            yield return $"{_validationDropped:N0} validation rows were left out because a value that training needs is missing in them.";
        string advice = solution.Advice ?? (solution.Converged ? "" : "Raise -MaxIteration, or -Tolerance.");
        if (!solution.Converged) yield return $"The training ended at iteration {solution.Iterations} without converging. {advice}";
        else if (advice.Length > 0) yield return advice;
    }

    HeldChunks Hold(ITrainingSource source, IProgress<RunProgress>? progress) =>
        new(Context.Plan, Context.Specification, source, Context.Team, Context.WorkerCount, progress);
}
