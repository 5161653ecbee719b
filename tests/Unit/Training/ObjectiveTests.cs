using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Features;
using RedisML.Training.Optimization;

namespace RedisML.Unit.Training;

public sealed class ObjectiveTests
{
    const int Classes = 3;

    // Numbers and categories mixed, and rows that don't fill the last eight lanes.
    static readonly EncodedLayout s_layout = new(
    [
        new NumericFeature("a", 0, 1),
        new CategoryFeature("b", ColumnType.Utf8, ["x", "y", "z"], MissingLevel: true),
        new NumericFeature("c", 0, 1),
        new CategoryFeature("d", ColumnType.Utf8, ["u", "v"], MissingLevel: false),
    ]);

    [Theory]
    [InlineData("linear", 1)]
    [InlineData("linear", 21)]
    [InlineData("logistic", 1)]
    [InlineData("logistic", 21)]
    [InlineData("softmax", 1)]
    [InlineData("softmax", 21)]
    [InlineData("poisson", 1)]
    [InlineData("poisson", 21)]
    public void The_gradient_is_that_of_the_loss(string name, int rows)
    {
        var objective = Create(name);
        var (numbers, positions, labels) = Rows(rows, name == "softmax" ? Classes : 2);
        var random = new Random(7);
        double[] parameters = [.. Enumerable.Range(0, objective.ParameterCount).Select(_ => random.NextDouble() - 0.5)];
        var sum = Evaluate(objective, numbers, positions, labels, parameters);
        for (int i = 0; i < parameters.Length; i++)
        {
            const double step = 1e-5;
            double[] up = [.. parameters], down = [.. parameters];
            up[i] += step;
            down[i] -= step;
            double slope = (Evaluate(objective, numbers, positions, labels, up)[^2]
                - Evaluate(objective, numbers, positions, labels, down)[^2]) / (2 * step);
            Assert.Equal(slope, sum[i], 1e-7 * rows);
        }
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("logistic")]
    [InlineData("softmax")]
    [InlineData("poisson")]
    public void A_row_counts_by_its_weight(string name)
    {
        var objective = Create(name);
        var (numbers, positions, labels) = Rows(21, name == "softmax" ? Classes : 2);
        double[] parameters = [.. Enumerable.Range(0, objective.ParameterCount).Select(i => Math.Sin(i))];
        double[] weights = [.. Enumerable.Range(0, 21).Select(i => i % 3 * 0.5)];
        var expected = new double[objective.Length];
        for (int row = 0; row < 21; row++)
        {
            var one = Evaluate(objective, s_layout, [numbers[row], numbers[21 + row]], [positions[row], positions[21 + row]], [labels[row]],
                parameters);
            for (int i = 0; i < one.Length; i++) expected[i] += weights[row] * one[i];
        }
        Assert.Equal(expected, Evaluate(objective, s_layout, numbers, positions, labels, parameters, weights), (a, b) =>
            Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_softmax_of_two_classes_has_the_loss_of_logistic()
    {
        var logistic = new LogisticObjective(s_layout);
        var softmax = new SoftmaxObjective(s_layout, 2);
        var (numbers, positions, labels) = Rows(40, 2);
        double[] parameters = [.. Enumerable.Range(0, logistic.ParameterCount).Select(i => Math.Sin(i))];
        double[] both = [.. new double[s_layout.Width], .. parameters[..^1], 0, parameters[^1]];
        Assert.Equal(Evaluate(logistic, numbers, positions, labels, parameters)[^2],
            Evaluate(softmax, numbers, positions, labels, both)[^2], 1e-12);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(1e3)]
    [InlineData(1e6)]
    public void Loss_and_gradient_hold_at_extreme_scores(double score)
    {
        var layout = new EncodedLayout([new NumericFeature("a", 0, 1)]);
        double[] numbers = [1, -1, 1, -1], labels = [1, 1, 0, 0];
        // Right, wrong, wrong, right: the wrong ones cost their score each.
        foreach (Objective objective in new Objective[] { new LogisticObjective(layout), new SoftmaxObjective(layout, 2) })
        {
            double[] parameters = objective is LogisticObjective ? [score, 0] : [0, score, 0, 0];
            var sum = Evaluate(objective, layout, numbers, [], labels, parameters);
            double expected = 2 * score + 4 * Math.Log(1 + Math.Exp(-score));
            Assert.Equal(expected, sum[^2], expected * 1e-15);
            int weight = objective is LogisticObjective ? 0 : 1;
            Assert.Equal(2 - 4 / (1 + Math.Exp(score)), sum[weight], 1e-12);
        }
    }

    static Objective Create(string name) => name switch
    {
        "linear" => new LinearObjective(s_layout),
        "logistic" => new LogisticObjective(s_layout),
        "poisson" => new PoissonObjective(s_layout),
        _ => new SoftmaxObjective(s_layout, Classes),
    };

    static (double[] Numbers, int[] Positions, double[] Labels) Rows(int rows, int classes)
    {
        var random = new Random(3);
        return ([.. Enumerable.Range(0, 2 * rows).Select(_ => 4 * random.NextDouble() - 2)],
            [.. Enumerable.Range(0, rows).Select(_ => 1 + random.Next(4)), .. Enumerable.Range(0, rows).Select(_ => 6 + random.Next(2))],
            [.. Enumerable.Range(0, rows).Select(_ => (double)random.Next(classes))]);
    }

    static double[] Evaluate(Objective objective, double[] numbers, int[] positions, double[] labels, double[] parameters) =>
        Evaluate(objective, s_layout, numbers, positions, labels, parameters);

    static double[] Evaluate(Objective objective, EncodedLayout layout, double[] numbers, int[] positions, double[] labels,
        double[] parameters, double[]? weights = null)
    {
        var sum = new double[objective.Length];
        objective.Add(new(layout, labels.Length, numbers, positions), new(labels, weights ?? []), parameters, sum,
            new double[objective.ScratchPerRow * 64]);
        return sum;
    }
}
