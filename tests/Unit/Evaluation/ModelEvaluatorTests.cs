using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training;

namespace RedisML.Unit.Evaluation;

public sealed class ModelEvaluatorTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(1500)]
    [InlineData(10_000)]
    public async Task Errors_of_numbers_are_those_of_all_rows_whatever_the_chunks(int chunkRows)
    {
        // Predicts x itself; a label or an x is missing here and there.
        var random = new Random(9);
        var x = Enumerable.Range(0, 5000).Select(i => i % 31 == 7 ? null : (double?)random.NextDouble()).ToArray();
        var y = x.Select((v, i) => i % 17 == 3 ? null : (v ?? 1) + (double?)random.NextDouble()).ToArray();
        var table = new TestTable().Add("x", x).Add("y", y);
        var result = await EvaluateAsync(Evaluator("Linear", null, ColumnType.Float64), table, chunkRows);

        var rows = x.Zip(y).Where(r => r is { First: not null, Second: not null })
            .Select(r => (Prediction: r.First!.Value, Label: r.Second!.Value)).ToList();
        double mean = rows.Average(r => r.Label), squares = rows.Sum(r => Math.Pow(r.Prediction - r.Label, 2));
        Assert.Equal((rows.Count, y.Count(v => v is null)), (result.Rows, result.RowsWithoutLabel));
        Assert.Equal(5000, result.Rows + result.RowsWithoutLabel + result.RowsWithoutPrediction);
        Assert.Equal(1 - squares / rows.Sum(r => Math.Pow(r.Label - mean, 2)), result.Numbers.R2!.Value, 1e-10);
        Assert.Equal(Math.Sqrt(squares / rows.Count), result.Numbers.Rmse!.Value, 1e-12);
        Assert.Equal(rows.Average(r => Math.Abs(r.Prediction - r.Label)), result.Numbers.Mae!.Value, 1e-12);
        Assert.Null(result.Numbers.SourceColumn);
    }

    /// <summary>A row of a class that training didn't see is a wrong answer:
    /// scikit-learn's figures over the union of the classes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task Hits_and_misses_are_counted_by_class(int chunkRows)
    {
        // The score is x: positive means yes.
        var table = new TestTable()
            .Add("x", [2.0, 1, -1, -2, 3, null, 5, -1000, -3])
            .Add("y", ["yes", "no", "no", "yes", null, "no", "maybe", "yes", "maybe"]);
        var result = (await EvaluateAsync(Evaluator("Logistic", ["no", "yes"], ColumnType.Utf8), table, chunkRows)).Classes;
        Assert.Equal((7, 1, 1, 2), (result.Rows, result.RowsWithoutLabel, result.RowsWithoutPrediction, result.RowsOfUnknownClass));
        var matrix = result.ConfusionMatrix;
        Assert.Equal(["no", "yes"], matrix.Classes);
        Assert.Equal(["no", "yes", "maybe"], matrix.Actual);
        Assert.Equal([1, 1, 2, 1, 1, 1], matrix.Counts.Cast<double>());
        Assert.Equal(2 / 7.0, result.Accuracy!.Value, 1e-15);
        Assert.Equal((1 / 2.0 + 1 / 3.0 + 0) / 3, result.BalancedAccuracy!.Value, 1e-15);
        Assert.Equal(("yes", 3 / 7.0), (result.BaselineClass, result.Baseline!.Value));
        double expected = Softplus(-2) + Softplus(1) + Softplus(-1) + Softplus(2) - 3 * Math.Log(1e-15);
        Assert.Equal(expected / 7, result.LogLoss!.Value, 1e-12);
        Assert.Equal(4 / 12.0, result.Auc!.Value, 1e-15); // 2 is above all but 5, −2 above −3, −1000 above none
        Assert.Equal(0, result.AucBound);
        Assert.Equal([new("no", 1 / 4.0, 1 / 2.0, 2 / 6.0, 2), new("yes", 1 / 3.0, 1 / 3.0, 2 / 6.0, 3),
            new ClassFigures("maybe", null, 0, 0, 2)], result.Classes);
        Assert.Equal(("yes", 1 / 3.0, 1 / 3.0, 2 / 6.0), (result.PositiveClass, result.Precision, result.Recall, result.F1));
        Assert.Equal((2 / 6.0 + 2 / 6.0 + 0) / 3, result.MacroF1!.Value, 1e-15);

        static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
    }

    /// <summary>Both probabilities are 1 to the last bit, and the rows are ranked all the same:
    /// 0.7778 is scikit-learn's of the scores.</summary>
    [Fact]
    public async Task Rows_are_ranked_by_scores_and_not_by_probabilities_that_saturate()
    {
        var table = new TestTable().Add("x", [800.0, 801, 802, 803, 804, 805]).Add("y", ["no", "yes", "yes", "no", "yes", "no"]);
        foreach (var (algorithm, parameters) in new[] { ("Logistic", new LinearParameters([1], [0])),
            ("Softmax", new LinearParameters([-0.5, 0.5], [0, 0])) })
        {
            var result = await EvaluateAsync(Evaluator(algorithm, ["no", "yes"], ColumnType.Utf8, parameters: parameters), table, 4);
            Assert.Equal(4 / 9.0, result.Classes.Auc!.Value, 1e-15);
        }
    }

    /// <summary>A row of weight 0 changes nothing, not even what is counted; a row of weight 2 is two rows, for every figure.</summary>
    [Theory]
    [InlineData("Linear")]
    [InlineData("Poisson")]
    [InlineData("Logistic")]
    [InlineData("Softmax")]
    public async Task Rows_count_by_their_weights(string algorithm)
    {
        var random = new Random(3);
        string[] classes = ["a", "b", "c"];
        bool isNumber = algorithm is "Linear" or "Poisson", isBinary = algorithm == "Logistic";
        var x = Enumerable.Range(0, 400).Select(i => i % 31 == 7 ? null : (double?)(random.NextDouble() * 4 - 2)).ToArray();
        var y = Enumerable.Range(0, 400)
            .Select(i => i % 17 == 3 ? null : (object?)(isNumber ? (double)random.Next(5) : classes[random.Next(3)])).ToArray();
        long?[] weights = [.. Enumerable.Range(0, 400).Select(i => i % 41 == 9 ? null : (long?)(i % 3))];
        var table = new TestTable().Add("x", x).Add("y", isNumber ? ColumnType.Float64 : ColumnType.Utf8, y).Add("w", weights);
        var repeated = new TestTable();
        foreach (var column in table.Schema)
            repeated.Add(column.Name, column.Type, Enumerable.Range(0, 400)
                .SelectMany(row => Enumerable.Repeat(table.Column(column.Name)[row], (int)(weights[row] ?? 1))));
        // What is left out because its weight is missing has no counterpart among the repeated rows.
        repeated = repeated.Where(row => repeated.Column("w")[row] is not null);

        LinearParameters parameters = algorithm == "Softmax" ? new([1, -1, 0.3], [0, 0.1, -0.2]) : new([1], [0]);
        string[]? known = isNumber ? null : isBinary ? ["a", "b"] : classes; // the third one is unseen where there are two
        var type = isNumber ? ColumnType.Float64 : ColumnType.Utf8;
        var options = new EvaluationOptions { SampleWeight = "w", Threshold = isBinary ? 0.4 : null };
        var weighted = await EvaluateAsync(Evaluator(algorithm, known, type, null, parameters, options), table, 90);
        var plain =
            await EvaluateAsync(Evaluator(algorithm, known, type, null, parameters, options with { SampleWeight = null }), repeated, 90);

        Assert.Equal(plain.Rows, weighted.Weight);
        Assert.Equal(table.Where(row => weights[row] > 0 && x[row] is not null && y[row] is not null).Rows, weighted.Rows);
        Assert.Equal(table.Where(row => weights[row] is null || weights[row] > 0 && y[row] is null).Rows, weighted.RowsWithoutLabel);
        var figures = Figures(plain);
        Assert.NotEmpty(figures);
        Assert.All(figures.Zip(Figures(weighted)), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-9));
    }

    [Fact]
    public async Task A_weight_below_zero_is_refused_and_one_that_is_no_number()
    {
        var table = new TestTable().Add("x", [1.0, 2]).Add("y", [1.0, 2]).Add("w", [1.0, -2]).Add("t", ["a", "b"]);
        foreach (var column in new[] { "w", "t" })
        {
            var evaluator = Evaluator("Linear", null, ColumnType.Float64, options: new() { SampleWeight = column });
            Assert.Equal("WeightInvalid", (await Assert.ThrowsAsync<RedisMLException>(() => EvaluateAsync(evaluator, table, 2))).ErrorId);
        }
    }

    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(0.3, 3, 1)]
    [InlineData(0.5, 2, 2)]
    [InlineData(1, 0, 4)]
    public async Task A_threshold_says_from_which_probability_on_a_row_is_positive(double threshold, int positives, int negatives)
    {
        // Probabilities of 0.12, 0.38, 0.62 and 0.88.
        var table = new TestTable().Add("x", [-2.0, -0.5, 0.5, 2]).Add("y", ["no", "no", "yes", "yes"]);
        var result =
            (await EvaluateAsync(Evaluator("Logistic", ["no", "yes"], ColumnType.Utf8, options: new() { Threshold = threshold }), table,
            4)).Classes;
        var matrix = result.ConfusionMatrix;
        Assert.Equal((threshold, positives, negatives), (result.Threshold, matrix[0, 1] + matrix[1, 1], matrix[0, 0] + matrix[1, 0]));
        Assert.Equal(1, result.Auc); // which knows no threshold
    }

    [Fact]
    public void A_threshold_needs_two_classes_and_is_a_probability()
    {
        Assert.Equal("ThresholdInvalid", Assert.Throws<RedisMLException>(() =>
            Evaluator("Linear", null, ColumnType.Float64, options: new() { Threshold = 0.5 })).ErrorId);
        Assert.Equal("ThresholdInvalid", Assert.Throws<RedisMLException>(() =>
            Evaluator("Softmax", ["a", "b", "c"], ColumnType.Utf8, null, new([1, 2, 3], [0, 0, 0]), new() { Threshold = 0.5 })).ErrorId);
        Assert.Equal("ThresholdInvalid", Assert.Throws<RedisMLException>(() =>
            Evaluator("Logistic", ["a", "b"], ColumnType.Utf8, options: new() { Threshold = 1.5 })).ErrorId);
    }

    /// <summary>Of log(price) the errors are told in the unit of price too.</summary>
    [Fact]
    public async Task Errors_of_a_derived_label_are_told_in_the_unit_of_its_column_too()
    {
        double[] prices = [2, 8, 20, 100], logs = [0.9, 1.9, 3.2, 4.4];
        var table = new TestTable().Add("x", logs.Select(v => (double?)v)).Add("price", prices.Select(v => (double?)v));
        var result =
            (await EvaluateAsync(Evaluator("Linear", null, ColumnType.Float64, [new("half", "price / 2"), new("y", "log(half)")]), table,
            3)).Numbers;
        double[] predicted = [.. logs.Select(v => 2 * Math.Exp(v))];
        double squares = predicted.Zip(prices, (p, y) => (p - y) * (p - y)).Sum(), mean = prices.Average();
        Assert.Equal("price", result.SourceColumn);
        Assert.Equal(Math.Sqrt(squares / 4), result.SourceRmse!.Value, 1e-10);
        Assert.Equal(predicted.Zip(prices, (p, y) => Math.Abs(p - y)).Average(), result.SourceMae!.Value, 1e-10);
        Assert.Equal(1 - squares / prices.Sum(y => (y - mean) * (y - mean)), result.SourceR2!.Value, 1e-10);
        Assert.Equal(logs.Zip(prices, (p, y) => Math.Abs(p - Math.Log(y / 2))).Average(), result.Mae!.Value, 1e-10);
    }

    [Fact]
    public async Task A_derived_label_is_derived_again()
    {
        var table = new TestTable().Add("x", [1.0, -1, 1]).Add("delay", [20L, 10, null]);
        var evaluator = Evaluator("Logistic", ["false", "true"], ColumnType.Boolean, [new("y", "delay > 15")]);
        var result = await EvaluateAsync(evaluator, table, 3);
        Assert.Equal((2, 1, 1.0), (result.Rows, result.RowsWithoutLabel, result.Classes.Accuracy));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => EvaluateAsync(evaluator, new TestTable().Add("x", [1.0]), 3));
        Assert.Equal("SignatureMismatch", error.ErrorId);
        Assert.Contains("'delay' is missing", error.Message);
    }

    [Fact]
    public async Task Without_rows_there_are_no_figures()
    {
        var result = await EvaluateAsync(Evaluator("Linear", null, ColumnType.Float64), new TestTable().Add("x", [1.0])
            .Add("y", [(double?)null]), 1);
        Assert.Equal((0, 1, null, null), (result.Rows, result.RowsWithoutLabel, result.Numbers.R2, result.Numbers.Rmse));
        var constant =
            await EvaluateAsync(Evaluator("Linear", null, ColumnType.Float64), new TestTable().Add("x", [1.0, 2]).Add("y", [3.0, 3]), 1);
        var classes = await new ModelEvaluator(Predictor("Logistic", ["a", "b"], ColumnType.Utf8, [], new([1], [0])))
            .EvaluateAsync(AsyncEnumerable.Empty<DatasetChunk>(), Cancellation);
        Assert.Equal((0, null, null, 2),
            (classes.Rows, classes.Classes.Accuracy, classes.Classes.Baseline, classes.Classes.ConfusionMatrix.Classes.Count));
        Assert.Equal((null, 1.5), (constant.Numbers.R2, constant.Numbers.Mae));
    }

    [Fact]
    public async Task An_error_in_a_chunk_ends_the_evaluation_and_every_chunk_is_disposed_of()
    {
        var table = new TestTable().Add("x", Enumerable.Range(0, 60).Select(i => (double?)i))
            .Add("y", Enumerable.Range(0, 60).Select(i => (double?)i));
        var memory = new CountingMemory();
        int given = 0;
        var evaluator = Evaluator("Linear", null, ColumnType.Float64);
        await Assert.ThrowsAsync<InvalidDataException>(() => evaluator.EvaluateAsync(Chunks(), Cancellation));
        Assert.Equal(given, memory.Disposed);

        async IAsyncEnumerable<DatasetChunk> Chunks()
        {
            foreach (var chunk in table.Chunks(1))
            {
                await Task.Yield();
                given++;
                yield return new(chunk.Index, chunk.FirstRow, 1, () =>
                    chunk.Index == 5 ? throw new InvalidDataException() : chunk.Batch, memory);
            }
        }
    }

    static Task<EvaluationResult> EvaluateAsync(ModelEvaluator evaluator, TestTable table, int chunkRows) =>
        evaluator.EvaluateAsync(table.Chunks(chunkRows).ToAsyncEnumerable(), Cancellation);

    /// <summary>All figures of a result by name.</summary>
    static Dictionary<string, double> Figures(EvaluationResult result)
    {
        string[] counts = [nameof(result.Rows), nameof(result.RowsWithoutLabel), nameof(result.RowsWithoutPrediction),
            nameof(result.UnseenValues), "RowsOfUnknownClass"];
        var figures = result.GetType().GetProperties().Where(p => !counts.Contains(p.Name) && p.GetValue(result) is double)
            .ToDictionary(p => p.Name, p => (double)p.GetValue(result)!);
        if (result is not ClassificationResult classes) return figures;
        foreach (var (name, precision, recall, f1, support) in classes.Classes)
        {
            (figures[$"{name} precision"], figures[$"{name} recall"], figures[$"{name} F1"], figures[$"{name} support"]) = (precision
                ?? -1, recall ?? -1, f1 ?? -1, support);
        }
        foreach (var (i, count) in classes.ConfusionMatrix.Counts.Cast<double>().Index()) figures[$"count {i}"] = count;
        return figures;
    }

    /// <summary>A model of y whose score is x, unless other parameters are given.</summary>
    static ModelEvaluator Evaluator(string algorithm, IReadOnlyList<string>? classes, ColumnType labelType,
        IReadOnlyList<DerivedColumn>? derived = null,
        LinearParameters? parameters = null, EvaluationOptions? options = null) =>
        new(Predictor(algorithm, classes, labelType, derived ?? [], parameters ?? new([1], [0])), options);

    static LinearPredictor Predictor(string algorithm, IReadOnlyList<string>? classes, ColumnType labelType,
        IReadOnlyList<DerivedColumn> derived,
        LinearParameters parameters) => new(new()
        {
            Algorithm = algorithm,
            Task = TestModels.TaskOf(algorithm),
            Pipeline = new()
            {
                Inputs = [new("x", ColumnType.Float64)],
                Derived = derived,
                Features = [new NumericFeature("x", 0, 1)],
                Label = new("y", labelType, classes),
            },
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = default },
        }, parameters);

    sealed class CountingMemory : IDisposable
    {
        int _disposed;

        public int Disposed => _disposed;

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }
}
