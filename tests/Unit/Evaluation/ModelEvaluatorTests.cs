using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
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
        var result = await EvaluateAsync(Evaluator(Algorithm.Linear, null, ColumnType.Float64), table, chunkRows);

        var rows = x.Zip(y).Where(r => r is { First: not null, Second: not null }).Select(r => (Prediction: r.First!.Value, Label: r.Second!.Value)).ToList();
        double mean = rows.Average(r => r.Label), squares = rows.Sum(r => Math.Pow(r.Prediction - r.Label, 2));
        Assert.Equal((rows.Count, y.Count(v => v is null)), (result.Rows, result.RowsWithoutLabel));
        Assert.Equal(5000, result.Rows + result.RowsWithoutLabel + result.RowsWithoutPrediction);
        Assert.Equal(1 - squares / rows.Sum(r => Math.Pow(r.Label - mean, 2)), result.R2!.Value, 1e-10);
        Assert.Equal(Math.Sqrt(squares / rows.Count), result.Rmse!.Value, 1e-12);
        Assert.Equal(rows.Average(r => Math.Abs(r.Prediction - r.Label)), result.Mae!.Value, 1e-12);
        Assert.Null(result.Accuracy);
        Assert.Null(result.ConfusionMatrix);
    }

    [Fact]
    public async Task Hits_and_misses_are_counted_by_class_and_rows_left_out_are_too()
    {
        // The score is x: positive means yes.
        var table = new TestTable()
            .Add("x", [2.0, 1, -1, -2, 3, null, 5, -1000])
            .Add("y", ["yes", "no", "no", "yes", null, "no", "maybe", "yes"]);
        var result = await EvaluateAsync(Evaluator(Algorithm.Logistic, ["no", "yes"], ColumnType.Utf8), table, 3);
        Assert.Equal((5, 1, 1, 1), (result.Rows, result.RowsWithoutLabel, result.RowsWithoutPrediction, result.RowsOfUnknownClass));
        Assert.Equal(["no", "yes"], result.ConfusionMatrix!.Classes);
        Assert.Equal((1, 1, 2, 1), (result.ConfusionMatrix[0, 0], result.ConfusionMatrix[0, 1], result.ConfusionMatrix[1, 0], result.ConfusionMatrix[1, 1]));
        Assert.Equal(0.4, result.Accuracy!.Value, 1e-15);
        double expected = Softplus(-2) + Softplus(1) + Softplus(-1) + Softplus(2) - Math.Log(1e-15);
        Assert.Equal(expected / 5, result.LogLoss!.Value, 1e-12);
        Assert.Equal(2 / 6.0, result.Auc!.Value, 1e-15); // 2 above both, −2 and −1000 below both
        Assert.Equal(0, result.AucBound);
        Assert.Null(result.R2);

        static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
    }

    [Fact]
    public async Task A_derived_label_is_derived_again()
    {
        var table = new TestTable().Add("x", [1.0, -1, 1]).Add("delay", [20L, 10, null]);
        var evaluator = Evaluator(Algorithm.Logistic, ["false", "true"], ColumnType.Boolean, [new("y", "delay > 15")]);
        var result = await EvaluateAsync(evaluator, table, 3);
        Assert.Equal((2, 1, 1.0), (result.Rows, result.RowsWithoutLabel, result.Accuracy));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => EvaluateAsync(evaluator, new TestTable().Add("x", [1.0]), 3));
        Assert.Equal("SignatureMismatch", error.ErrorId);
        Assert.Contains("'delay' is missing", error.Message);
    }

    [Fact]
    public async Task Without_rows_there_are_no_figures()
    {
        var result = await EvaluateAsync(Evaluator(Algorithm.Linear, null, ColumnType.Float64), new TestTable().Add("x", [1.0]).Add("y", [(double?)null]), 1);
        Assert.Equal((0, 1, null, null), (result.Rows, result.RowsWithoutLabel, result.R2, result.Rmse));
        var constant = await EvaluateAsync(Evaluator(Algorithm.Linear, null, ColumnType.Float64), new TestTable().Add("x", [1.0, 2]).Add("y", [3.0, 3]), 1);
        Assert.Equal((null, 1.5), (constant.R2, constant.Mae));
    }

    [Fact]
    public async Task An_error_in_a_chunk_ends_the_evaluation_and_every_chunk_is_disposed_of()
    {
        var table = new TestTable().Add("x", Enumerable.Range(0, 60).Select(i => (double?)i)).Add("y", Enumerable.Range(0, 60).Select(i => (double?)i));
        var memory = new CountingMemory();
        int given = 0;
        var evaluator = Evaluator(Algorithm.Linear, null, ColumnType.Float64);
        await Assert.ThrowsAsync<InvalidDataException>(() => evaluator.EvaluateAsync(Chunks(), Cancellation));
        Assert.Equal(given, memory.Disposed);

        async IAsyncEnumerable<DatasetChunk> Chunks()
        {
            foreach (var chunk in table.Chunks(1))
            {
                await Task.Yield();
                given++;
                yield return new(chunk.Index, chunk.FirstRow, 1, () => chunk.Index == 5 ? throw new InvalidDataException() : chunk.Batch, memory);
            }
        }
    }

    static Task<EvaluationResult> EvaluateAsync(ModelEvaluator evaluator, TestTable table, int chunkRows) =>
        evaluator.EvaluateAsync(table.Chunks(chunkRows).ToAsyncEnumerable(), Cancellation);

    /// <summary>A model of y whose score is x.</summary>
    static ModelEvaluator Evaluator(Algorithm algorithm, IReadOnlyList<string>? classes, ColumnType labelType, IReadOnlyList<DerivedColumn>? derived = null) =>
        new(new Predictor(new()
        {
            Algorithm = algorithm,
            Pipeline = new()
            {
                Inputs = [new("x", ColumnType.Float64)],
                Derived = derived ?? [],
                Features = [new NumericFeature("x", 0, 1)],
                Label = new("y", labelType, classes),
            },
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = default },
        }, new([1], [0])));

    sealed class CountingMemory : IDisposable
    {
        int _disposed;

        public int Disposed => _disposed;

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }
}
