using RedisML.Unit.Fixtures;
using RedisML.Features;

namespace RedisML.Unit.Training;

/// <summary>Linear training against naive normal equations over expanded columns.</summary>
public sealed class LinearSolutionTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(100)]
    public async Task Ridge_solves_the_normal_equations(double l2)
    {
        var table = Table(500);
        var result = await table.TrainAsync(new() { Algorithm = "Linear", Label = "y", L2 = l2 }, chunkRows: 130);
        var (rows, labels) = Expand(table, result.Pipeline!);
        var expected = Solve(rows, labels, l2);
        Assert.Equal(expected[..^1], result.Weights, (a, b) => Math.Abs(a - b) < 1e-8);
        Assert.Equal(expected[^1], result.Intercepts[0], 1e-8);
        Assert.Equal(MeanSquaredError(rows, labels, expected), result.Loss, 1e-9);
        Assert.Equal((0, true), (result.Iterations, result.Converged));
    }

    [Fact]
    public async Task Without_a_penalty_dependent_columns_are_dropped_and_the_fit_is_that_of_least_squares()
    {
        // The levels of c and of d add up to the intercept, copy is x twice, and constant tells nothing.
        var table = Table(500);
        table.Add("copy", table.Column("x").Select(x => 2 * (double?)x + 1)).Add("constant", Enumerable.Repeat((double?)0.1, 500));
        var result = await table.TrainAsync(new() { Algorithm = "Linear", Label = "y", L2 = 0 });
        var (rows, labels) = Expand(table, result.Pipeline!);
        var expected = Solve(rows, labels, 1e-9);
        Assert.Equal(MeanSquaredError(rows, labels, expected), result.Loss, 1e-7);
        Assert.All(result.Weights, weight => Assert.InRange(Math.Abs(weight), 0, 100));
        Assert.Equal(4, result.Weights.Count(weight => weight == 0));
    }

    [Fact]
    public async Task Too_many_columns_to_solve_are_optimized_to_the_same_end()
    {
        var random = new Random(5);
        var table = new TestTable()
            .Add("x", Enumerable.Range(0, 6000).Select(_ => (double?)random.NextDouble()))
            .Add("c", Enumerable.Range(0, 6000).Select(i => (string?)$"level {i % 2100}"));
        table.Add("y", Enumerable.Range(0, 6000).Select(i => 5 * (double?)table.Column("x")[i] + i % 2100 % 7 + random.NextDouble()));
        var result = await table.TrainAsync(new() { Algorithm = "Linear", Label = "y", Tolerance = 1e-13 });
        Assert.True(result.Converged && result.Iterations > 0);

        // At the minimum the derivative by each weight is 0: of a level, its residuals and its penalty.
        var (_, mean, scale) = (NumericFeature)result.Pipeline!.Features[0];
        var levels = ((CategoryFeature)result.Pipeline!.Features[1]).Levels;
        var derivatives = new double[levels.Count];
        for (int i = 0; i < table.Rows; i++)
        {
            int level = ((List<string>)[.. levels]).IndexOf((string)table.Column("c")[i]!);
            double predicted = result.Weights[0] * ((double)table.Column("x")[i]! - mean) / scale + result.Weights[1 + level]
                + result.Intercepts[0];
            derivatives[level] += predicted - (double)table.Column("y")[i]!;
        }
        for (int level = 0; level < derivatives.Length; level++) Assert.Equal(0, derivatives[level] + result.Weights[1 + level], 1e-3);
    }

    static TestTable Table(int rows)
    {
        var random = new Random(11);
        var table = new TestTable()
            .Add("x", Enumerable.Range(0, rows).Select(_ => (double?)(1000 + random.NextDouble())))
            .Add("c", Enumerable.Range(0, rows).Select(_ => (string?)"abcd"[random.Next(4)].ToString()))
            .Add("n", Enumerable.Range(0, rows).Select(_ => (long?)random.Next(10)))
            .Add("d", Enumerable.Range(0, rows).Select(_ => (string?)"uv"[random.Next(2)].ToString()));
        return table.Add("y", Enumerable.Range(0, rows).Select(i =>
            (double?)(3 * (double)table.Column("x")[i]! - (long)table.Column("n")[i]! + ((string)table.Column("c")[i]!)[0]
                + random.NextDouble())));
    }

    /// <summary>The design matrix as the pipeline says, with a last column of ones.</summary>
    static (double[][] Rows, double[] Labels) Expand(TestTable table, FeaturePipeline pipeline) => (
        [.. Enumerable.Range(0, table.Rows).Select(row => pipeline.Features.SelectMany(feature => feature switch
        {
            NumericFeature n => [(Convert.ToDouble(table.Column(n.Column)[row]) - n.Mean) / n.Scale],
            CategoryFeature c => c.Levels.Select(level => level == (string?)table.Column(c.Column)[row] ? 1.0 : 0),
            _ => throw new InvalidOperationException(),
        }).Append(1).ToArray())],
        [.. table.Column("y").Select(y => (double)y!)]);

    /// <summary>Gauss's elimination with pivots.</summary>
    static double[] Solve(double[][] rows, double[] labels, double l2)
    {
        int order = rows[0].Length;
        var a = new double[order, order + 1];
        for (int r = 0; r < rows.Length; r++)
        {
            for (int i = 0; i < order; i++)
            {
                for (int j = 0; j < order; j++) a[i, j] += rows[r][i] * rows[r][j];
                a[i, order] += rows[r][i] * labels[r];
            }
        }
        for (int i = 0; i < order - 1; i++) a[i, i] += l2;
        for (int i = 0; i < order; i++)
        {
            int pivot = Enumerable.Range(i, order - i).MaxBy(k => Math.Abs(a[k, i]));
            for (int j = 0; j <= order; j++) (a[i, j], a[pivot, j]) = (a[pivot, j], a[i, j]);
            for (int k = 0; k < order; k++)
            {
                if (k == i) continue;
                double factor = a[k, i] / a[i, i];
                for (int j = i; j <= order; j++) a[k, j] -= factor * a[i, j];
            }
        }
        return [.. Enumerable.Range(0, order).Select(i => a[i, order] / a[i, i])];
    }

    static double MeanSquaredError(double[][] rows, double[] labels, double[] parameters) =>
        rows.Zip(labels, (row, label) => Math.Pow(row.Zip(parameters, (x, w) => x * w).Sum() - label, 2)).Average();
}
