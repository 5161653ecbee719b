using RedisML.Training.Optimization;

namespace RedisML.Unit.Training.Optimization;

public sealed class OrthantWiseTests
{
    const double L1 = 0.001;

    /// <summary>As the lasso is over columns that tell much the same: the further apart, the less.</summary>
    [Theory]
    [InlineData(10, 0.9, 100)]
    [InlineData(10, 0.999, 400)]
    [InlineData(40, 0.99, 1200)]
    public void It_knows_the_minimum_also_of_columns_that_are_nearly_the_same(int columns, double correlation, int mostEvaluations)
    {
        double[] truth = [.. Enumerable.Range(0, columns).Select(i => i % 3 - 1.0)];
        double[] Gradient(ReadOnlyMemory<double> at) => [.. Enumerable.Range(0, columns).Select(i =>
            Enumerable.Range(0, columns).Sum(j => Math.Pow(correlation, Math.Abs(i - j)) * (at.Span[j] - truth[j])))];

        var optimizer = new OrthantWise(new double[columns], new DiagonalPreconditioner([.. Enumerable.Repeat(1.0, columns)]),
            new(L1, 0, columns), 10_000, 1e-12);
        while (optimizer.State == OptimizerState.Running)
        {
            var gradient = Gradient(optimizer.Point);
            double loss = 1 + Enumerable.Range(0, columns).Sum(i => gradient[i] * (optimizer.Point.Span[i] - truth[i])) / 2;
            optimizer.Advance(loss, gradient);
        }

        Assert.Equal(OptimizerState.Converged, optimizer.State);
        Assert.InRange(optimizer.Evaluations, columns, mostEvaluations);
        // At the minimum the loss falls by L1 where a weight grows, and by no more where it is 0.
        var atEnd = Gradient(optimizer.Solution);
        Assert.Contains(0, optimizer.Solution.ToArray());
        for (int i = 0; i < columns; i++)
        {
            if (optimizer.Solution.Span[i] == 0) Assert.InRange(atEnd[i], -1.01 * L1, 1.01 * L1);
            else Assert.Equal(-Math.Sign(optimizer.Solution.Span[i]) * L1, atEnd[i], 0.02 * L1);
        }
    }
}
