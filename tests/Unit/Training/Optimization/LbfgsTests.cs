using RedisML.Errors;
using RedisML.Training.Optimization;

namespace RedisML.Unit.Training.Optimization;

public sealed class LbfgsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(40)]
    public void It_finds_the_minimum_of_an_ill_conditioned_quadratic(int length)
    {
        var curvatures = Enumerable.Range(0, length).Select(i => Math.Pow(10, 4.0 * i / length)).ToArray();
        var optimizer = Minimize(new double[length], x =>
        {
            double loss = 1;
            var gradient = new double[length];
            for (int i = 0; i < length; i++)
            {
                gradient[i] = curvatures[i] * (x[i] - i);
                loss += gradient[i] * (x[i] - i) / 2;
            }
            return (loss, gradient);
        }, 1e-14);
        Assert.Equal(OptimizerState.Converged, optimizer.State);
        for (int i = 0; i < length; i++) Assert.Equal(i, optimizer.Solution.Span[i], 1e-5);
    }

    [Fact]
    public void It_finds_the_bottom_of_Rosenbrocks_valley()
    {
        var optimizer = Minimize([-1.2, 1], x =>
        {
            double a = 1 - x[0], b = x[1] - x[0] * x[0];
            return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b]);
        }, 1e-12);
        Assert.Equal(1, optimizer.Solution.Span[0], 1e-4);
        Assert.Equal(1, optimizer.Solution.Span[1], 1e-4);
        Assert.InRange(optimizer.Evaluations, 10, 80);
    }

    [Fact]
    public void An_exact_preconditioner_needs_one_step()
    {
        double[] curvatures = [1, 1e3, 1e6];
        var optimizer = Minimize(new double[3], x =>
            (1 + Enumerable.Range(0, 3).Sum(i => curvatures[i] * (x[i] - 1) * (x[i] - 1) / 2),
                [.. Enumerable.Range(0, 3).Select(i => curvatures[i] * (x[i] - 1))]),
            1e-12, new DiagonalPreconditioner(curvatures));
        Assert.Equal((OptimizerState.Converged, 1, 2), (optimizer.State, optimizer.Iterations, optimizer.Evaluations));
    }

    /// <summary>The half of Wolfe's conditions that keeps steps from being too short.</summary>
    [Fact]
    public void A_step_is_accepted_only_where_the_slope_has_risen()
    {
        // The preconditioner takes the curvature for ten thousand times what it is: the first trial loses loss, and leads hardly anywhere.
        const double curvature = 1e-4;
        double Gradient(double x) => curvature * (x - 1);
        var optimizer = Minimize([0], x => (1 + Gradient(x[0]) * (x[0] - 1) / 2, [Gradient(x[0])]), 0, maxIterations: 1);
        Assert.Equal((OptimizerState.IterationLimit, 1), (optimizer.State, optimizer.Iterations));
        Assert.InRange(Math.Abs(Gradient(optimizer.Solution.Span[0])), 0, 0.9 * curvature * (1 + 1e-9));
    }

    [Fact]
    public void A_minimum_is_known_where_it_starts()
    {
        var optimizer = Minimize([3], x => (0, [0]), 0);
        Assert.Equal((OptimizerState.Converged, 0, 1), (optimizer.State, optimizer.Iterations, optimizer.Evaluations));
    }

    [Fact]
    public void It_stops_at_the_limit_of_iterations_with_the_best_point_so_far()
    {
        var optimizer = Minimize([-1.2, 1], x =>
        {
            double a = 1 - x[0], b = x[1] - x[0] * x[0];
            return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b]);
        }, 1e-12, maxIterations: 5);
        Assert.Equal((OptimizerState.IterationLimit, 5), (optimizer.State, optimizer.Iterations));
        Assert.InRange(optimizer.Loss, 0, 24);
    }

    [Fact]
    public void A_gradient_that_leads_nowhere_ends_the_search()
    {
        // Uphill whichever way it goes: the gradient lies.
        var optimizer = Minimize([0], x => (1 + Math.Abs(x[0]), [-1]), 1e-12);
        Assert.Equal(OptimizerState.Stalled, optimizer.State);
        Assert.Equal(0, optimizer.Solution.Span[0]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_not_finite_is_an_error_that_names_the_step(double loss)
    {
        var optimizer = new Lbfgs([0, 0], new DiagonalPreconditioner([1, 1]), default, 100, 1e-9);
        optimizer.Advance(5, [1, 1]);
        var error = Assert.Throws<RedisMLException>(() => optimizer.Advance(loss, [1, 1]));
        Assert.Equal(("LossNotFinite", 2), (error.ErrorId, error.Target));
        Assert.Equal(5, optimizer.Loss);
    }

    static Lbfgs Minimize(
        double[] start, Func<double[], (double Loss, double[] Gradient)> function, double tolerance,
        Preconditioner? preconditioner = null, int maxIterations = 1000)
    {
        var optimizer =
            new Lbfgs(start, preconditioner ?? new DiagonalPreconditioner([.. start.Select(_ => 1.0)]), default, maxIterations, tolerance);
        while (optimizer.State == OptimizerState.Running)
        {
            var (loss, gradient) = function(optimizer.Point.ToArray());
            optimizer.Advance(loss, gradient);
        }
        return optimizer;
    }
}
