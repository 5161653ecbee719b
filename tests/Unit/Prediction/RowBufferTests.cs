using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Unit.Training;

namespace RedisML.Unit.Prediction;

/// <summary>Rows that come one by one are predicted as the rows of a dataset are.</summary>
public sealed class RowBufferTests
{
    static readonly FeaturePipeline s_pipeline = new()
    {
        Inputs =
        [
            new("x", ColumnType.Int64), new("f", ColumnType.Float32), new("c", ColumnType.Utf8), new("b", ColumnType.Boolean),
            new("t", ColumnType.Timestamp(TimestampUnit.Millisecond, "UTC")), new("d", ColumnType.Date32),
        ],
        Derived = [new("hour", "hour(t)"), new("weekday", "year(d)"), new("double", "x * 2")],
        Features =
        [
            new NumericFeature("x", 0, 1), new NumericFeature("f", 0, 1),
            new CategoryFeature("c", ColumnType.Utf8, ["u", "v"], MissingLevel: false),
            new NumericFeature("b", 0, 1), new NumericFeature("hour", 0, 1), new NumericFeature("weekday", 0, 1),
            new NumericFeature("double", 0, 1),
        ],
        Label = new("y", ColumnType.Float64, null),
        Missing = MissingPolicy.Drop,
    };

    // x, f, u, v, b, hour, weekday, double
    static readonly LinearPredictor s_predictor = new(new()
    {
        Algorithm = "Linear",
        Task = ModelTask.Regression,
        Pipeline = s_pipeline,
        Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = default },
    }, new([1, 10, 100, 200, 1000, 10_000, 1, 0.25], [0.5]));

    static readonly DateTimeOffset s_five = new(2013, 1, 31, 5, 59, 0, TimeSpan.Zero);

    [Fact]
    public void Text_and_objects_say_the_same()
    {
        var buffer = new RowBuffer(s_predictor.Signature);
        Assert.Null(buffer.TryAdd([3, 0.5f, "v", true, s_five, new DateOnly(2013, 1, 1)]));
        Assert.Null(buffer.TryAdd(["3", "0.5", "v", "TRUE", "2013-01-31T06:59:00+01:00", "2013-01-01"]));
        Assert.Null(buffer.TryAdd([3.0m, 0.5, "v", 1, s_five.UtcDateTime, new DateTime(2013, 1, 1)]));
        var values = s_predictor.Predict(buffer.ToBatch()).Values;
        Assert.Equal(Enumerable.Repeat(0.5 + 3 + 5 + 200 + 1000 + 50_000 + 2013 + 1.5, 3), values);
    }

    [Fact]
    public void A_number_of_32_bits_is_the_one_that_a_dataset_holds()
    {
        var buffer = new RowBuffer(s_predictor.Signature);
        Assert.Null(buffer.TryAdd([0, "0.1", "w", false, s_five, new DateOnly(2000, 1, 1)]));
        Assert.Equal(0.5 + 10 * (double)0.1f + 50_000 + 2000, s_predictor.Predict(buffer.ToBatch()).Values[0]);
    }

    [Fact]
    public void A_missing_value_is_null_or_an_empty_text_and_an_absent_one_is_refused()
    {
        var buffer = new RowBuffer(s_predictor.Signature);
        Assert.Null(buffer.TryAdd([null, 1, "u", true, s_five, new DateOnly(2013, 1, 1)]));
        Assert.Null(buffer.TryAdd([1, "", "u", true, s_five, new DateOnly(2013, 1, 1)]));
        Assert.Null(buffer.TryAdd([1, 1, "", true, s_five, new DateOnly(2013, 1, 1)]));
        Assert.Null(buffer.TryAdd([1, 1, "u", true, "", new DateOnly(2013, 1, 1)]));
        Assert.Equal(Enumerable.Repeat(double.NaN, 4), s_predictor.Predict(buffer.ToBatch()).Values);
        Assert.Equal("'x' is missing; 'soon' in 't' is no Timestamp(ms,UTC)",
            buffer.TryAdd([RowBuffer.Absent, 1, "u", true, "soon", new DateOnly(2013, 1, 1)]));
    }

    [Fact]
    public void A_refused_row_leaves_nothing_behind_and_a_cleared_buffer_none_of_its_levels()
    {
        var buffer = new RowBuffer(s_predictor.Signature);
        Assert.Null(buffer.TryAdd([1, 0, "u", false, s_five, new DateOnly(2000, 1, 1)]));
        Assert.NotNull(buffer.TryAdd([2, 0, "v", "perhaps", s_five, new DateOnly(2000, 1, 1)]));
        Assert.Null(buffer.TryAdd([3, 0, "u", false, s_five, new DateOnly(2000, 1, 1)]));
        Assert.Equal(2, buffer.Rows);
        var values = s_predictor.Predict(buffer.ToBatch()).Values;
        Assert.Equal(2 * 1 + 2 * 2 * 0.25, values[1] - values[0]);

        buffer.Clear();
        Assert.Null(buffer.TryAdd([1, 0, "w", false, s_five, new DateOnly(2000, 1, 1)]));
        var predictions = s_predictor.Predict(buffer.ToBatch());
        Assert.Equal([new UnseenLevel("c", "w", 1)], predictions.UnseenLevels);
    }

    [Fact]
    public void Many_rows_are_those_of_a_chunk_to_the_bit()
    {
        var table = TrainingSessionTests.Table(2000);
        var pipeline = new FeaturePipeline
        {
            Derived = [new("w", "x * 2 + z")],
            Inputs = [new("x", ColumnType.Float64), new("z", ColumnType.Float64), new("c", ColumnType.Utf8)],
            Features = [new NumericFeature("w", 9000, 100), new CategoryFeature("c", ColumnType.Utf8, ["blue", "red"], true)],
            Label = new("kind", ColumnType.Utf8, ["large", "small"]),
            Missing = MissingPolicy.Mean,
        };
        var predictor = new LinearPredictor(new()
        {
            Algorithm = "Logistic",
            Task = ModelTask.Binary,
            Pipeline = pipeline,
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = default },
        }, new([1, 0.5, -1, 2], [0.1]));
        var buffer = new RowBuffer(predictor.Signature);
        for (int row = 0; row < table.Rows; row++)
            Assert.Null(buffer.TryAdd([table.Column("x")[row], table.Column("z")[row], table.Column("c")[row]]));
        var (one, other) = (predictor.Predict(buffer.ToBatch()), predictor.Predict(RowBatch.Of(table.Batch())));
        Assert.Equal(other.Values, one.Values);
        Assert.Equal(other.Probabilities, one.Probabilities);
    }
}
