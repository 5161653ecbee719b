using RedisML.Unit.Fixtures;
using RedisML.Columns;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Unit.Training;

public sealed class TrainingSessionTests
{
    static readonly string?[] s_colours = ["red", "green", "blue", null];

    [Theory]
    [InlineData("Linear")]
    [InlineData("Logistic")]
    [InlineData("Softmax")]
    [InlineData("Poisson")]
    [InlineData("Softmax", OptimizerKind.Sgd)]
    [InlineData("Logistic", OptimizerKind.Adam)]
    public async Task Parameters_are_the_same_to_the_bit_for_any_number_of_workers_and_every_time(
        string algorithm, OptimizerKind optimizer = OptimizerKind.Lbfgs)
    {
        var table = Table(9001);
        var specification = Specification(algorithm) with
        {
            Missing = MissingPolicy.Mean,
            Optimizer = new() { Kind = optimizer, BatchSize = 1000, Epochs = 3 },
            SampleWeight = algorithm == "Poisson" ? null : "weight",
        };
        var first = await table.TrainAsync(specification, workerCount: 1);
        foreach (int workers in new[] { 1, 2, 4, 7 })
        {
            var again = await table.TrainAsync(specification, workers);
            Assert.Equal(Bits(first), Bits(again));
            Assert.Equal(first.Pipeline!.Features.OfType<NumericFeature>(), again.Pipeline!.Features.OfType<NumericFeature>());
        }

        static long[] Bits(TrainingResult result) =>
            [.. result.Weights.Concat(result.Intercepts).Append(result.Loss).Select(BitConverter.DoubleToInt64Bits)];
    }

    [Fact]
    public async Task A_seed_draws_the_batches()
    {
        var specification =
            Specification("Logistic") with { Missing = MissingPolicy.Mean, Optimizer = new() { Kind = OptimizerKind.Sgd, Epochs = 2 } };
        var weights = new List<double[]>();
        foreach (int seed in new[] { 1, 2, 1 }) weights.Add((await Table(2000).TrainAsync(specification with { Seed = seed })).Weights);
        Assert.Equal(weights[0], weights[2]);
        Assert.NotEqual(weights[0], weights[1]);
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Lbfgs)]
    public async Task The_best_iteration_on_the_validation_rows_is_kept_and_patience_ends_the_training(OptimizerKind kind)
    {
        // A label of chance, and a level for every other row: training learns the rows, and validation gets worse.
        var random = new Random(1);
        var table = new TestTable()
            .Add("id", Enumerable.Range(0, 400).Select(i => (string?)$"{i / 2 % 100}"))
            .Add("x", Enumerable.Range(0, 400).Select(_ => (double?)random.NextDouble()))
            .Add("flag", Enumerable.Range(0, 400).Select(_ => (string?)(random.NextDouble() < 0.5 ? "yes" : "no")));
        var (training, validation) = (table.Where(row => row % 2 == 0), table.Where(row => row % 2 == 1));
        validation.Add("more", Enumerable.Repeat((double?)1, validation.Rows));
        var specification = new TrainingSpecification
        {
            Algorithm = "Logistic",
            Label = "flag",
            L2 = 0.01,
            Optimizer = new() { Kind = kind, Epochs = 400, Patience = 3, Schedule = LearningRateSchedule.Constant },
        };
        var stopped = await new TrainingSession(specification, training.Schema, new MemoryChunks(training.Chunks(50)), 2,
            validation: new MemoryChunks(validation.Chunks(50))).RunAsync(TestContext.Current.CancellationToken);
        var whole = await training.TrainAsync(specification);
        Assert.True(stopped.Converged);
        Assert.InRange(stopped.Iterations, 3, whole.Iterations - 1);
        Assert.True(stopped.Loss > whole.Loss);
        Assert.True(stopped.ValidationLoss < 1);
    }

    [Fact]
    public async Task A_class_that_only_validation_has_does_not_count_there()
    {
        var training = new TestTable().Add("x", Enumerable.Range(0, 60).Select(i => (double?)i))
            .Add("k", Enumerable.Range(0, 60).Select(i => (string?)(i < 30 ? "a" : "b")));
        var validation = new TestTable().Add("x", [1.0, 50, 7]).Add("k", ["a", "b", "new"]);
        var specification = new TrainingSpecification { Algorithm = "Softmax", Label = "k" };
        var result = await new TrainingSession(specification, training.Schema, new MemoryChunks(training.Chunks(50)), 1,
            validation: new MemoryChunks(validation.Chunks(50))).RunAsync(TestContext.Current.CancellationToken);
        Assert.InRange(result.ValidationLoss!.Value, 0, 0.2);
    }

    [Fact]
    public async Task Drop_leaves_rows_out_before_it_takes_statistics()
    {
        var table = new TestTable()
            .Add("x", [1.0, 2, null, 4, 100, 7])
            .Add("c", ["a", "b", "c", null, "a", "b"])
            .Add("unused", [null, null, null, null, null, (double?)null])
            .Add("y", [1.0, 2, 3, 4, null, 6]);
        var result = await table.TrainAsync(
            new() { Algorithm = "Linear", Label = "y", Features = ["x", "c"], Missing = MissingPolicy.Drop }, chunkRows: 2);
        Assert.Equal((3, 3), (result.RowsUsed, result.RowsDropped));
        Assert.Equal(Math.Sqrt(62.0 / 9), ((NumericFeature)result.Pipeline!.Features[0]).Scale, 1e-12); // of 1, 2 and 7
        var category = (CategoryFeature)result.Pipeline!.Features[1];
        Assert.Equal(["a", "b"], category.Levels);
        Assert.False(category.MissingLevel);
    }

    [Fact]
    public async Task Mean_keeps_rows_and_makes_a_missing_category_a_level()
    {
        var table = new TestTable()
            .Add("x", [1.0, 2, null, 4, 100, 7])
            .Add("c", ["a", "b", "c", null, "a", "b"])
            .Add("whole", ["u", "v", "u", "v", "u", "v"])
            .Add("y", [1.0, 2, 3, 4, null, 6]);
        var result = await table.TrainAsync(new() { Algorithm = "Linear", Label = "y", Missing = MissingPolicy.Mean }, chunkRows: 2);
        Assert.Equal((5, 1), (result.RowsUsed, result.RowsDropped)); // a missing label is no use
        Assert.Equal(3.5, ((NumericFeature)result.Pipeline!.Features[0]).Mean, 1e-12); // of 1, 2, 4 and 7
        Assert.Equal([true, false], result.Pipeline!.Features.OfType<CategoryFeature>().Select(c => c.MissingLevel));
        Assert.Equal(1 + 4 + 2, result.Pipeline!.Width);
        Assert.Equal(result.Pipeline!.Width, result.Weights.Length);
    }

    [Fact]
    public async Task By_default_features_are_all_columns_that_do_not_tell_the_label()
    {
        var table = Table(200);
        var derived = new DerivedColumn[] { new("late", "delay > 15"), new("delay", "x * 20"), new("double", "delay * 2"),
            new("sum", "n + z"), new("unused", "z * 2") };
        var result =
            await table.TrainAsync(new() { Algorithm = "Logistic", Label = "late", Derived = derived, Missing = MissingPolicy.Mean });
        Assert.Equal(["c", "flag", "n", "z", "weight", "y", "kind", "sum", "unused"], result.Pipeline!.Features.Select(f => f.Column));
        Assert.Equal(["delay", "late", "sum", "unused"], result.Pipeline!.Derived.Select(d => d.Name));
        Assert.Equal(["c", "flag", "n", "z", "weight", "y", "kind"], result.Pipeline!.Inputs.Select(c => c.Name));
        Assert.Equal(ColumnType.Boolean, result.Pipeline!.Label.Type);
        Assert.Equal(["false", "true"], result.Pipeline!.Label.Classes!);
    }

    [Theory]
    [InlineData(null, "9", "10")]
    [InlineData("9", "10", "9")]
    [InlineData("9.0", "10", "9")]
    public async Task Classes_are_ordered_by_value_with_the_positive_one_last(string? positive, params string[] classes)
    {
        var table = new TestTable().Add("x", Enumerable.Range(0, 20).Select(i => (double?)i))
            .Add("y", Enumerable.Range(0, 20).Select(i => (long?)(i < 12 ? 9 : 10)));
        var result = await table.TrainAsync(new() { Algorithm = "Logistic", Label = "y", PositiveClass = positive });
        Assert.Equal(classes, result.Pipeline!.Label.Classes!);
        Assert.Equal(classes[1] == "10" ? 1 : -1, Math.Sign(result.Weights[0])); // 10 is where x is large
    }

    [Fact]
    public async Task Numbers_named_as_categories_are_levels_by_value()
    {
        var table = new TestTable().Add("k", [10L, 9, 10, 9, 2, 2]).Add("y", [1.0, 2, 1, 2, 3, 3]);
        var result = await table.TrainAsync(new() { Algorithm = "Linear", Label = "y", Categories = ["k"] });
        var category = Assert.IsType<CategoryFeature>(result.Pipeline!.Features.Single());
        Assert.Equal(["2", "9", "10"], category.Levels);
        Assert.Equal(ColumnType.Int64, category.Type);
    }

    [Fact]
    public async Task The_limit_of_iterations_is_a_result_that_has_not_converged()
    {
        var result = await Table(500).TrainAsync(Specification("Softmax") with { MaxIteration = 2, Missing = MissingPolicy.Mean });
        Assert.Equal((2, false), (result.Iterations, result.Converged));
    }

    [Fact]
    public async Task Progress_comes_from_loading_and_from_every_iteration()
    {
        var table = Table(2000);
        var reports = new List<RunProgress>();
        var session = new TrainingSession(Specification("Logistic") with { Missing = MissingPolicy.Mean }, table.Schema,
            new MemoryChunks(table.Chunks(500)), 1, new Recorder(reports));
        var result = await session.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal([500L, 1000, 1500, 2000], reports.Where(r => r.Iteration == 0).Select(r => r.Rows));
        var iterations = reports.Where(r => r.Iteration > 0).ToList();
        Assert.Equal(Enumerable.Range(1, result.Iterations), iterations.Select(r => r.Iteration));
        Assert.Equal(result.Loss, iterations[^1].Loss);
        Assert.All(iterations, r => Assert.True(r.RowsPerSecond > 0));
    }

    internal static TrainingSpecification Specification(string algorithm) => new()
    {
        Algorithm = algorithm,
        Label = algorithm switch { "Linear" => "y", "Poisson" => "weight", "Logistic" => "flag", _ => "kind" },
        Features = algorithm == "Linear" ? ["x", "c", "flag", "n", "z"] : ["x", "c", "n", "z"],
        Categories = ["n"],
    };

    /// <summary>Numbers, categories, booleans; some missing; a number, two classes and three to predict.</summary>
    internal static TestTable Table(int rows)
    {
        var random = new Random(17);
        var x = Enumerable.Range(0, rows).Select(_ => random.NextDouble() * 3 - 1).ToArray();
        var colour = Enumerable.Range(0, rows).Select(_ => random.Next(4)).ToArray();
        var noise = Enumerable.Range(0, rows).Select(_ => random.NextDouble()).ToArray();
        return new TestTable()
            .Add("x", x.Select((v, i) => i % 13 == 5 ? null : (double?)v))
            .Add("c", colour.Select(c => s_colours[c]))
            .Add("flag", x.Select((v, i) => (bool?)(v + noise[i] > colour[i] - 0.5)))
            .Add("n", Enumerable.Range(0, rows).Select(i => (long?)(i % 5)))
            .Add("z", noise.Select(v => (double?)(1e4 + 1e-3 * v)))
            .Add("weight", noise.Select(v => (double?)Math.Round(4 * v)))
            .Add("y", x.Select((v, i) => (double?)(3 * v + colour[i] + noise[i])))
            .Add("kind", x.Select((v, i) => (string?)(v + noise[i] < 0.5 ? "small" : v + noise[i] < 1.5 ? "middle" : "large")));
    }

    sealed class Recorder(List<RunProgress> reports) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => reports.Add(value);
    }
}
