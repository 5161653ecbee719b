using RedisML.Errors;
using RedisML.Features;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training;

/// <summary>A row of weight 0 changes nothing, and a row of weight 2 is two rows: means, deviations, levels, classes,
/// penalties and the fit.</summary>
public sealed class WeightTests
{
    const int Rows = 600;

    public static TheoryData<string, OptimizerKind, double> Fits
    {
        get
        {
            var fits = new TheoryData<string, OptimizerKind, double>();
            foreach (var algorithm in new[] { "Linear", "Logistic", "Softmax", "Poisson" })
            {
                foreach (var optimizer in Enum.GetValues<OptimizerKind>())
                    foreach (double l1 in new[] { 0.0, 3 })
                        fits.Add(algorithm, optimizer, l1);
            }
            return fits;
        }
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public async Task A_row_counts_by_its_weight_for_every_algorithm_and_optimizer(string algorithm, OptimizerKind optimizer, double l1)
    {
        foreach (var missing in new[] { MissingPolicy.Mean, MissingPolicy.Drop })
        {
            var specification = Specification(algorithm) with
            {
                L1 = l1,
                Missing = missing,
                BalanceClasses = algorithm is "Logistic" or "Softmax",
                // Batches are drawn by rows; with all rows in one both sides take the same steps.
                Optimizer = new() { Kind = optimizer, BatchSize = 100_000, Epochs = 60 },
            };
            var weighted = await Table().TrainAsync(specification with { SampleWeight = "w" }, chunkRows: 170);
            var repeated = await Repeated().TrainAsync(specification, chunkRows: 170);
            AssertSame(repeated, weighted);
            Assert.Equal(repeated.Loss, weighted.Loss, 1e-8);
            Assert.Equal(repeated.Weights, weighted.Weights, (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(repeated.Intercepts, weighted.Intercepts, (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    /// <summary>Whatever stands in such a row: values without end, a class of its own, nothing.</summary>
    [Theory]
    [InlineData("Linear")]
    [InlineData("Logistic")]
    [InlineData("Softmax")]
    [InlineData("Poisson")]
    public async Task A_row_of_weight_0_changes_nothing_whatever_it_holds(string algorithm)
    {
        var clean = Table().Where(row => row % 3 > 0);
        var more = new TestTable();
        foreach (var column in clean.Schema)
        {
            object?[] rows = column.Name switch
            {
                "x" or "z" => [double.PositiveInfinity, null, 1e300],
                "c" => ["unheard of", null, "b"],
                "w" => [0L, 0L, 0L],
                "number" or "count" => [double.NegativeInfinity, null, -1.0],
                _ => ["unheard of", null, "another"],
            };
            more.Add(column.Name, column.Type, clean.Column(column.Name).Concat(rows));
        }
        var specification = Specification(algorithm) with { SampleWeight = "w", Missing = MissingPolicy.Drop };
        var without = await clean.TrainAsync(specification, chunkRows: 250);
        var with = await more.TrainAsync(specification, chunkRows: 250);
        AssertSame(without, with);
        Assert.Equal((without.RowsUsed, without.RowsDropped), (with.RowsUsed, with.RowsDropped));
        Assert.Equal(without.Weights, with.Weights, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    /// <summary>A class's weight counts in the fit and not in how columns are standardised: the rows are as they are.</summary>
    [Theory]
    [InlineData("Logistic", "pair", "yes")]
    [InlineData("Softmax", "class", "b")]
    public async Task A_class_of_weight_2_is_each_of_its_rows_twice(string algorithm, string label, string name)
    {
        var table = Table();
        var twice = Repeat(table, row => Equals(table.Column(label)[row], name) ? 2 : 1);
        var specification = Specification(algorithm) with { Features = ["z", "c"], Missing = MissingPolicy.Mean, L2 = 0 };
        var weighted = await table.TrainAsync(specification with { ClassWeights = new Dictionary<string, double> { [name] = 2 } });
        var repeated = await twice.TrainAsync(specification);
        var plain = await table.TrainAsync(specification);
        Assert.Equal(repeated.Loss, weighted.Loss, 1e-8); // without a penalty, standardising changes no prediction
        Assert.True(Math.Abs(plain.Loss - weighted.Loss) > 1e-3);
        Assert.Equal(plain.Pipeline!.Features.OfType<NumericFeature>(), weighted.Pipeline!.Features.OfType<NumericFeature>());
    }

    [Fact]
    public async Task Where_no_row_has_a_weight_the_column_is_named()
    {
        var table = new TestTable().Add("x", [1.0, 2]).Add("y", [1.0, 2]).Add("w", [0L, 0]);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            table.TrainAsync(new() { Algorithm = "Linear", Label = "y", SampleWeight = "w" }));
        Assert.Equal("WeightInvalid", error.ErrorId);
        Assert.Contains("'w'", error.Message);
    }

    static void AssertSame(TrainingResult expected, TrainingResult actual)
    {
        foreach (var (one, other) in expected.Pipeline!.Features.Zip(actual.Pipeline!.Features))
        {
            if (one is NumericFeature number)
            {
                Assert.Equal(number.Mean, ((NumericFeature)other).Mean, 1e-12);
                Assert.Equal(number.Scale, ((NumericFeature)other).Scale, 1e-12);
            }
            else
            {
                Assert.Equal(((CategoryFeature)one).Levels, ((CategoryFeature)other).Levels);
                Assert.Equal(((CategoryFeature)one).MissingLevel, ((CategoryFeature)other).MissingLevel);
            }
        }
        Assert.Equal(expected.Pipeline!.Label.Classes, actual.Pipeline!.Label.Classes);
    }

    static TrainingSpecification Specification(string algorithm) => new()
    {
        Algorithm = algorithm,
        Label = algorithm switch { "Linear" => "number", "Logistic" => "pair", "Softmax" => "class", _ => "count" },
        Features = ["x", "z", "c"],
        L2 = 2,
        Tolerance = 1e-14,
    };

    static TestTable Repeated() => Repeat(Table(), row => row % 3);

    static TestTable Repeat(TestTable table, Func<int, int> times)
    {
        var repeated = new TestTable();
        foreach (var column in table.Schema)
            repeated.Add(column.Name, column.Type, Enumerable.Range(0, table.Rows)
                .SelectMany(row => Enumerable.Repeat(table.Column(column.Name)[row], times(row))));
        return repeated;
    }

    /// <summary>Weights of 0, 1 and 2 in turns, with which the columns go: unweighted, means, deviations and shares are others.</summary>
    static TestTable Table()
    {
        var rows = Enumerable.Range(0, Rows).ToArray();
        var random = new Random(11);
        double[] x = [.. rows.Select(i => random.NextDouble() * 3 + i % 3)], z = [.. rows.Select(_ => random.NextDouble() * 2 - 1)];
        double[] score = [.. rows.Select(i => x[i] - 2 * z[i] - 2.5 + random.NextDouble() * 3)];
        return new TestTable()
            .Add("x", rows.Select(i => i % 37 == 5 ? null : (double?)x[i]))
            .Add("z", rows.Select(i => (double?)z[i]))
            .Add("c", rows.Select(i => i % 29 == 4 ? null : (string?)(random.Next(4 + i % 3) < 3 ? "a" : "b")))
            .Add("w", rows.Select(i => (long?)(i % 3)))
            .Add("number", rows.Select(i => (double?)score[i]))
            .Add("count", rows.Select(i => (double?)Math.Floor(Math.Exp(score[i] / 4))))
            .Add("pair", rows.Select(i => (string?)(score[i] > 1 ? "yes" : "no")))
            .Add("class", rows.Select(i => (string?)(score[i] < 0 ? "a" : score[i] < 2 ? "b" : "c")));
    }
}
