using System.Diagnostics;
using System.Runtime.InteropServices;
using RedisML.Features;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Alternating least squares over nodes: each has all ratings, solves its share of the users, or items, of a step, and is told
/// the others'.</summary>
/// <remarks>
/// A user is solved whole, by one worker, from its ratings in order: so the bits are the same whoever solves it, and nothing but vectors
/// is exchanged. Ratings are a few bytes each, and every node reads them from the dataset itself.
/// </remarks>
internal sealed class FactorizationProgram(TrainingContext context) : IRunProgram<TrainingResult>
{
    readonly FactorizationOptions _options = FactorizationOptions.Of(context.Algorithm, context.Specification);
    readonly FactorSolver[] _solvers = new FactorSolver[context.WorkerCount];
    RatingLoader? _loader;
    RatingMatrix _ratings = null!;
    RatingBiases _biases = null!;
    double _penalty;
    double[] _gram = [];
    FactorStep _gramOf;

    public int Leaves => FactorStep.Leaves;

    /// <summary>All ratings, whatever the share is.</summary>
    public void Prepare(Share share) => Load();

    public TrainingResult Run(IExchange exchange)
    {
        long start = Stopwatch.GetTimestamp();
        Load();
        var (options, ratings) = (_options, _ratings);
        FactorParameters.CheckSize(ratings, options);
        _biases = options.IsImplicit ? RatingBiases.None(ratings) : RatingBiases.Of(ratings, options.Damping, context.Team);
        // Ratings that biases explain leave nothing to the vectors.
        _penalty = options.IsImplicit ? options.Regularization : options.Regularization * Math.Max(_biases.Variance, 1e-12);
        for (int worker = 0; worker < _solvers.Length; worker++) _solvers[worker] = new(options.Factors);
        int width = _solvers[0].Width, iterations = options.Iterations;
        var state = new FactorState(ratings, options.Factors, width, context.Specification.Seed ?? 0);
        exchange.Commit(state);
        long steps = FactorStep.CountOf(ratings.Users.Length, ratings.Items.Length, width, iterations);
        while (state.Step < steps)
        {
            var step = FactorStep.At(state.Step, ratings.Users.Length, ratings.Items.Length, width, iterations);
            var payloads = exchange.Gather(share => Solve(step, state, share));
            state.Take(step, payloads, roundItems: step.Iteration == iterations);
            exchange.Commit(state);
            if (step.OfItems && step.IsLast) Report(step.Iteration, state, Stopwatch.GetElapsedTime(start));
        }
        return new()
        {
            Task = ModelTask.Regression,
            Pipeline = Pipeline(),
            Parameters = [.. FactorParameters.Write(ratings, _biases, state, options, width, _penalty)],
            Loss = MeanLoss(state),
            Iterations = iterations,
            Evaluations = 2 * iterations + 1,
            Converged = true,
            RowsUsed = _loader!.Rows,
            RowsDropped = _loader.Dropped,
            Warnings = _loader.Dropped == 0 ? [] :
                [$"{_loader.Dropped:N0} rows were left out because the user, the item or the rating is missing in them."],
            Elapsed = Stopwatch.GetElapsedTime(start),
        };
    }

    void Load()
    {
        if (_loader is not null) return;
        _loader = new(context, _options);
        _ratings = _loader.Load();
    }

    FeaturePipeline Pipeline() => new()
    {
        Inputs = context.Plan.Inputs(),
        Derived = context.Plan.NeededDerived(),
        Features = [],
        Label = new(context.Specification.Label, context.Plan.LabelType, null),
    };

    /// <summary>Explicit: of a rating. Implicit: of a pair of user and item.</summary>
    double MeanLoss(FactorState state) =>
        state.Loss / (_options.IsImplicit ? (double)_ratings.Users.Length * _ratings.Items.Length : _ratings.ByUser.Values.Length);

    void Report(int iteration, FactorState state, TimeSpan elapsed) => context.Progress?.Report(new(
        iteration, MeanLoss(state), _loader!.Rows, 2.0 * iteration * _loader.Rows / elapsed.TotalSeconds, _loader.Dropped));

    /// <summary>The leaves of a share: the vectors of each, then its loss.</summary>
    byte[] Solve(FactorStep step, FactorState state, Share share)
    {
        int first = share.First, end = Math.Min(share.End, FactorStep.Leaves), width = _solvers[0].Width;
        if (_options.IsImplicit) PrepareGram(step, state);
        var starts = new int[end - first + 1];
        for (int leaf = first; leaf < end; leaf++)
            starts[leaf - first + 1] = starts[leaf - first] + (step.LeafStart(leaf + 1) - step.LeafStart(leaf)) * width + 1;
        var payload = new byte[starts[^1] * sizeof(double)];
        context.Team.For(end - first, (worker, index) =>
        {
            var target = MemoryMarshal.Cast<byte, double>(payload.AsSpan())[starts[index]..starts[index + 1]];
            int line = step.LeafStart(first + index);
            for (; target.Length > 1; line++, target = target[width..])
            {
                if (context.Team.Stopping.IsCancellationRequested) return;
                var vector = target[..width];
                double loss = _options.IsImplicit ? SolveEvents(_solvers[worker], step, state, line, vector)
                    : SolveRatings(_solvers[worker], step, state, line, vector);
                target[^1] += loss;
            }
        });
        return payload;
    }

    /// <summary>Solves a line of ratings; returns the squared error of an item's.</summary>
    double SolveRatings(FactorSolver solver, FactorStep step, FactorState state, int line, Span<double> vector)
    {
        var lines = step.OfItems ? _ratings.ByItem : _ratings.ByUser;
        var (own, others) = step.OfItems ? (_biases.Items, _biases.Users) : (_biases.Users, _biases.Items);
        var table = step.OfItems ? state.Users : state.Items;
        var indices = lines.IndicesOf(line);
        var values = lines.ValuesOf(line);
        double bias = _biases.Mean + own[line];
        solver.Start(_penalty);
        for (int i = 0; i < indices.Length; i++)
            solver.Add(table.AsSpan(indices[i] * solver.Width, solver.Width), 1, values[i] - bias - others[indices[i]]);
        solver.Solve(vector);
        if (!step.OfItems) return 0;
        double loss = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            double error = values[i] - bias - others[indices[i]]
                - Lanes.Dot(vector, table.AsSpan(indices[i] * solver.Width, solver.Width));
            loss += error * error;
        }
        return loss;
    }

    /// <summary>Solves a line of events; returns the weighted squared error of an item's, with all users that had none.</summary>
    double SolveEvents(FactorSolver solver, FactorStep step, FactorState state, int line, Span<double> vector)
    {
        var lines = step.OfItems ? _ratings.ByItem : _ratings.ByUser;
        var table = step.OfItems ? state.Users : state.Items;
        var indices = lines.IndicesOf(line);
        var values = lines.ValuesOf(line);
        solver.Start(_gram);
        for (int i = 0; i < indices.Length; i++)
        {
            double more = _options.Confidence * values[i];
            solver.Add(table.AsSpan(indices[i] * solver.Width, solver.Width), more, more > 0 ? 1 + more : 0);
        }
        solver.Solve(vector);
        if (!step.OfItems) return 0;
        double loss = FactorGram.Square(_gram, vector, _options.Factors) - _penalty * Lanes.Dot(vector, vector);
        for (int i = 0; i < indices.Length; i++)
        {
            double more = _options.Confidence * values[i];
            if (more == 0) continue;
            double score = Lanes.Dot(vector, table.AsSpan(indices[i] * solver.Width, solver.Width));
            loss += (1 + more) * (1 - score) * (1 - score) - score * score;
        }
        return loss;
    }

    /// <summary>The products of the other side's vectors, once a pass.</summary>
    void PrepareGram(FactorStep step, FactorState state)
    {
        var pass = step with { First = 0, Count = 0, IsLast = false };
        if (_gramOf == pass && _gram.Length > 0) return;
        _gram = FactorGram.Of(step.OfItems ? state.Users : state.Items, _options.Factors, _penalty, context.Team);
        _gramOf = pass;
    }
}
