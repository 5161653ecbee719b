using RedisML.Algorithms.Linear;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training;

namespace RedisML.Unit.Prediction;

public sealed class PredictorTests
{
    // Encoded: x; c as u, v; k as 2, 10.
    static readonly Feature[] s_features =
    [
        new NumericFeature("x", Mean: 10, Scale: 2),
        new CategoryFeature("c", ColumnType.Utf8, ["u", "v"], MissingLevel: false),
        new CategoryFeature("k", ColumnType.Int64, ["2", "10"], MissingLevel: false),
    ];

    static readonly double[] s_weights = [1, 10, 20, 100, 200];

    [Fact]
    public void A_number_is_the_sum_of_its_features_and_unseen_levels_are_zeros_that_are_counted()
    {
        var predictions = Linear(MissingPolicy.Drop).Predict(Rows().Batch());
        Assert.Equal([0.5 + 1 + 10 + 100, 0.5 - 2 + 20 + 200, 0.5 + 0, double.NaN, double.NaN, double.NaN], predictions.Values);
        Assert.Equal(2, predictions.Unseen);
        Assert.Null(predictions.Classes);
        Assert.Empty(predictions.Probabilities);
    }

    [Fact]
    public void With_Mean_a_missing_number_is_the_mean_and_a_missing_category_its_level_or_nothing()
    {
        var features = s_features[..2].Append(new CategoryFeature("k", ColumnType.Int64, ["2"], MissingLevel: true)).ToArray();
        var predictions = Linear(MissingPolicy.Mean, features).Predict(Rows().Batch());
        Assert.Equal([0.5 + 1 + 10 + 100, 0.5 - 2 + 20, 0.5, 0.5 + 10 + 100, 0.5 + 1 + 100, 0.5 + 1 + 10 + 200], predictions.Values);
    }

    [Fact]
    public void A_category_of_numbers_is_known_by_its_value_whatever_the_column_type()
    {
        var table = new TestTable().Add("x", [10L, 10]).Add("c", ["u", "u"]).Add("k", [2.0, 10.0]);
        Assert.Equal([110.5, 210.5], Linear(MissingPolicy.Drop).Predict(table.Batch()).Values);
    }

    [Fact]
    public void Many_rows_are_predicted_block_by_block_as_one_by_one()
    {
        var table = TrainingSessionTests.Table(3001);
        var pipeline = new FeaturePipeline
        {
            Derived = [new("w", "x * 2 + z")],
            Inputs = [new("x", ColumnType.Float64), new("z", ColumnType.Float64), new("c", ColumnType.Utf8)],
            Features = [new NumericFeature("w", 9000, 100), new CategoryFeature("c", ColumnType.Utf8, ["blue", "red"], true)],
            Label = new("kind", ColumnType.Utf8, ["large", "middle", "small"]),
            Missing = MissingPolicy.Mean,
        };
        var parameters = new LinearParameters([1, 0.5, -1, 2, -0.5, 0.3, 0.1, 0, 0, 1, 0, 2], [0.1, 0.2, 0.3]);
        var predictor = Create("Softmax", pipeline, parameters);
        var whole = predictor.Predict(table.Batch());
        for (int row = 0; row < table.Rows; row += 97)
        {
            var one = predictor.Predict(table.Where(r => r == row).Batch());
            Assert.Equal(one.Values[0], whole.Values[row]);
            Assert.Equal(one.Probabilities, whole.Probabilities[(3 * row)..(3 * row + 3)], (a, b) => Math.Abs(a - b) < 1e-14);
            Assert.Equal(1, one.Probabilities.Sum(), 1e-14);
            Assert.Equal(one.Probabilities.Max(), one.Probabilities[(int)one.Values[0]]);
        }
    }

    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(1.5, 1, 0.8175744761936437)]
    [InlineData(-1000, 0, 0)]
    [InlineData(1000, 1, 1)]
    public void A_probability_is_the_logistic_of_the_score(double score, double expected, double probability)
    {
        var pipeline = Pipeline(MissingPolicy.Drop, [new NumericFeature("x", 0, 1)], ["no", "yes"]);
        var predictions = Create("Logistic", pipeline, new([1], [0])).Predict(new TestTable().Add("x", [score, null]).Batch());
        Assert.Equal([expected, double.NaN], predictions.Values);
        Assert.Equal([1 - probability, probability, double.NaN, double.NaN], predictions.Probabilities, (a, b) =>
            a.Equals(b) || Math.Abs(a - b) < 1e-15);
        Assert.Equal(["no", "yes"], predictions.Classes!);
    }

    [Fact]
    public void Other_columns_are_an_error_that_lists_them()
    {
        var table = new TestTable().Add("x", ["1", "2"]).Add("k", [1.0, 2]).Add("more", [1.0, 2]);
        var error = Assert.Throws<RedisMLException>(() => Linear(MissingPolicy.Drop).Predict(table.Batch()));
        Assert.Equal("SignatureMismatch", error.ErrorId);
        Assert.Contains("'x' is Utf8 and was Float64", error.Message);
        Assert.Contains("'c' is missing", error.Message);
        Assert.DoesNotContain("'k'", error.Message);
    }

    static TestTable Rows() => new TestTable()
        .Add("x", [12.0, 6, 10, null, 12, 12])
        .Add("c", ["u", "v", "w", "u", null, "u"])
        .Add("k", [2L, 10, 3, 2, 2, null])
        .Add("unused", [true, false, null, true, false, null]);

    static LinearPredictor Linear(MissingPolicy policy, Feature[]? features = null) =>
        Create("Linear", Pipeline(policy, features ?? s_features, null), new(s_weights, [0.5]));

    static FeaturePipeline Pipeline(MissingPolicy policy, IReadOnlyList<Feature> features, IReadOnlyList<string>? classes) => new()
    {
        Inputs = [.. features.Select(f => new ColumnSchema(f.Column, (f as CategoryFeature)?.Type ?? ColumnType.Float64))],
        Features = features,
        Label = new("y", classes is null ? ColumnType.Float64 : ColumnType.Utf8, classes),
        Missing = policy,
    };

    static LinearPredictor Create(string algorithm, FeaturePipeline pipeline, LinearParameters parameters) => new(new()
    {
        Algorithm = algorithm,
        Task = TestModels.TaskOf(algorithm),
        Pipeline = pipeline,
        Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = default },
    }, parameters);
}
