using RedisML.Algorithms.Network;
using RedisML.Columns;
using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Unit.Training.Network;

/// <summary>Losses and gradients beside a network worked out in doubles, a row and a unit at a time.</summary>
public sealed class GradientTests
{
    const int Rows = 24;
    const int UnitRows = 17; // of the first unit; the second has the rest

    public static TheoryData<string, string, string, int[]> Networks { get; } = Combine();

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_batch_has_the_loss_of_the_reference_and_the_gradient_of_its_differences(
        string loss, string activation, string normalization, int[] layers)
    {
        var output = new OutputLoss(Enum.Parse<LossKind>(loss), loss == "Softmax" ? 3 : 1, Offset: 0, Scale: 1);
        var options = new NetworkOptions(
            layers, Enum.Parse<Activation>(activation), 0, Enum.Parse<Normalization>(normalization), Embedding: 2, output.Kind, 0);
        var shape = new NetworkShape(Layout(), options, output.Outputs);
        var random = new Random(7);
        double[] parameters = [.. Enumerable.Range(0, shape.ParameterCount).Select(_ => (double)(float)(random.NextDouble() * 2 - 1))];
        var rows = RowsOf(shape, output, random);

        var sum = new double[shape.ParameterCount + 2];
        var weights = new NetworkWeights(shape, forTraining: true);
        weights.Load(parameters);
        var pass = new TrainingPass(weights, output, 128);
        pass.Add(rows, [.. Enumerable.Range(0, UnitRows)]);
        pass.Add(rows, [.. Enumerable.Range(UnitRows, Rows - UnitRows)]);
        pass.AddGradient(sum, ExactSum.Limit(10), 0);

        double expected = Loss(shape, output, parameters, rows);
        Assert.Equal(expected, sum[^2], 1e-4 * Math.Abs(expected));
        Assert.Equal(rows.Weights.Sum(weight => (double)weight), sum[^1], 1e-6);
        double size = Math.Sqrt(sum.Take(shape.ParameterCount).Average(value => value * value));
        for (int i = 0; i < parameters.Length; i++)
        {
            const double step = 1e-6;
            double at = parameters[i];
            parameters[i] = at + step;
            double more = Loss(shape, output, parameters, rows);
            parameters[i] = at - step;
            double less = Loss(shape, output, parameters, rows);
            parameters[i] = at;
            Assert.Equal((more - less) / (2 * step), sum[i], 1e-3 * size);
        }
    }

    [Fact]
    public void Dropout_leaves_out_the_part_that_it_is_told_and_keeps_the_mean()
    {
        var (values, slopes) = (new float[4096], new float[4096]);
        double mean = 0;
        for (ulong key = 0; key < 20; key++)
        {
            values.AsSpan().Fill(1);
            slopes.AsSpan().Fill(2);
            HiddenUnits.Drop(0.3, SplitMix64.Mix(key), values, slopes);
            Assert.All(values.Zip(slopes), pair => Assert.Equal(2 * pair.First, pair.Second));
            Assert.InRange(values.Count(value => value == 0) / 4096.0, 0.26, 0.34);
            mean += values.Average() / 20;
        }
        Assert.InRange(mean, 0.98, 1.02);
    }

    [Fact]
    public void Products_of_matrices_are_those_of_doubles_and_an_element_does_not_depend_on_the_others()
    {
        var random = new Random(1);
        const int rows = 11, depth = 300, columns = 32;
        float[] a = [.. Enumerable.Range(0, rows * depth).Select(_ => random.NextSingle() - 0.5f)];
        float[] b = [.. Enumerable.Range(0, depth * columns).Select(_ => random.NextSingle() - 0.5f)];
        float[] start = [.. Enumerable.Range(0, columns).Select(i => (float)i)];
        var (all, one) = (new float[rows * columns], new float[columns]);
        MatrixProduct.Multiply(rows, columns, depth, a, depth, 1, b, columns, all, columns, start);
        for (int row = 0; row < rows; row++)
        {
            MatrixProduct.Multiply(1, columns, depth, a.AsSpan(row * depth), depth, 1, b, columns, one, columns, start);
            Assert.Equal(all[(row * columns)..((row + 1) * columns)], one);
            for (int column = 0; column < columns; column++)
            {
                double sum = start[column];
                for (int k = 0; k < depth; k++) sum += (double)a[row * depth + k] * b[k * columns + column];
                Assert.Equal(sum, one[column], 1e-4);
            }
        }
        // The same, A given transposed.
        var turned = new float[rows * columns];
        float[] transposed = [.. Enumerable.Range(0, depth).SelectMany(k => Enumerable.Range(0, rows).Select(row => a[row * depth + k]))];
        MatrixProduct.Multiply(rows, columns, depth, transposed, 1, rows, b, columns, turned, columns, start);
        Assert.Equal(all, turned);
    }

    [Fact]
    public void Exact_sums_are_the_same_in_any_order()
    {
        var random = new Random(5);
        var vectors = Enumerable.Range(0, 200)
            .Select(_ => Enumerable.Range(0, 19).Select(_ => (float)Math.Exp(random.NextDouble() * 60 - 40) * (random.Next(2) * 2 - 1))
                .ToArray()).ToArray();
        var (forth, back, halves) = (new double[19], new double[19], new double[2][]);
        foreach (var vector in vectors) ExactSum.Add(vector, ExactSum.Limit(200), forth);
        foreach (var vector in vectors.Reverse()) ExactSum.Add(vector, ExactSum.Limit(200), back);
        Assert.Equal(forth, back);
        for (int half = 0; half < 2; half++)
        {
            halves[half] = new double[19];
            for (int i = half; i < 200; i += 2) ExactSum.Add(vectors[i], ExactSum.Limit(200), halves[half]);
        }
        Assert.Equal(forth, halves[0].Zip(halves[1], (first, second) => first + second));
    }

    static TheoryData<string, string, string, int[]> Combine()
    {
        var data = new TheoryData<string, string, string, int[]>();
        foreach (string loss in new[] { "SquaredError", "LogLoss", "Softmax", "Poisson" })
        {
            foreach (string activation in new[] { "Relu", "Gelu", "Tanh" })
            {
                data.Add(loss, activation, "None", [5, 4]);
                data.Add(loss, activation, "Layer", [17, 6]);
            }
            data.Add(loss, "Relu", "None", []);
        }
        return data;
    }

    static EncodedLayout Layout() => new(
    [
        new NumericFeature("x", 0, 1), new CategoryFeature("c", ColumnType.Utf8, ["a", "b", "c"], MissingLevel: false),
        new NumericFeature("y", 0, 1), new CategoryFeature("d", ColumnType.Utf8, ["u", "v"], MissingLevel: true),
    ]);

    static LeafRows RowsOf(NetworkShape shape, OutputLoss output, Random random)
    {
        var rows = new LeafRows(shape, [.. Enumerable.Range(0, Rows).Select(row => (ulong)row)], 1);
        for (int row = 0; row < Rows; row++)
        {
            foreach (ref float number in rows.Numbers(row)) number = random.NextSingle() * 2 - 1;
            rows.Levels(row)[0] = random.Next(-1, 3);
            rows.Levels(row)[1] = random.Next(-1, 3);
            rows.Weights[row] = 0.5f + random.NextSingle();
            rows.Targets[row] = output.Kind switch
            {
                LossKind.SquaredError => random.NextSingle() * 4 - 2,
                LossKind.LogLoss => random.Next(2),
                _ => random.Next(3),
            };
        }
        return rows;
    }

    /// <summary>The sum of the rows' losses, each times its weight.</summary>
    static double Loss(NetworkShape shape, OutputLoss output, double[] parameters, LeafRows rows)
    {
        double sum = 0;
        for (int row = 0; row < Rows; row++)
        {
            double[] values = new double[shape.Inputs];
            for (int i = 0; i < shape.Embeddings.Length; i++)
            {
                var table = shape.Embeddings[i];
                int level = rows.Levels(row)[i];
                for (int j = 0; level >= 0 && j < table.Width; j++)
                    values[table.Column + j] = parameters[table.Start + level * table.Width + j];
            }
            for (int i = 0; i < shape.Numbers; i++) values[shape.EmbeddingWidth + i] = rows.Numbers(row)[i];
            for (int i = 0; i < shape.Layers.Length; i++)
            {
                var layer = shape.Layers[i];
                double[] sums = [.. Enumerable.Range(0, layer.Outputs).Select(k => parameters[layer.Biases + k]
                    + values.Select((value, j) => value * parameters[layer.Weights + j * layer.Outputs + k]).Sum())];
                if (i + 1 == shape.Layers.Length)
                {
                    values = sums;
                    break;
                }
                if (layer.IsNormalized)
                {
                    double mean = sums.Average(), deviation = Math.Sqrt(sums.Average(value => (value - mean) * (value - mean)) + 1e-5);
                    sums = [.. sums.Select((value, k) =>
                        parameters[layer.Scales + k] * (value - mean) / deviation + parameters[layer.Shifts + k])];
                }
                values = [.. sums.Select(value => Activate(shape.Options.Activation, value))];
            }
            sum += rows.Weights[row] * LossOf(output.Kind, values, rows.Targets[row]);
        }
        return sum;
    }

    static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Tanh => Math.Tanh(x),
        _ => x * Normal(x),
    };

    static double LossOf(LossKind kind, double[] z, double target) => kind switch
    {
        LossKind.SquaredError => (z[0] - target) * (z[0] - target) / 2,
        LossKind.LogLoss => Math.Log(1 + Math.Exp(target > 0 ? -z[0] : z[0])),
        LossKind.Softmax => Math.Log(z.Sum(Math.Exp)) - z[(int)target],
        _ => (target > 0 ? target * Math.Log(target) : 0) - target - target * z[0] + Math.Exp(z[0]),
    };

    /// <summary>The normal distribution, by the series of its density's integral.</summary>
    static double Normal(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }
}
