using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Formats.Onnx;

/// <summary>Trained models on every row of real data: what ONNX Runtime computes from the exported file is what the
/// predictor does.</summary>
public sealed class OnnxDatasetTests(EmbeddedServerFixture server)
{
    const double Tolerance = 1e-9;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Diamonds_linear_with_derived_columns() => Compare(Sample("diamonds.csv.gz"), new()
    {
        Algorithm = "Linear",
        Label = "logprice",
        Derived = [new("logprice", "log(price)"), new("volume", "x * y * z"), new("big", "carat >= 1 and cut != 'Fair'"),
            new("kind", "if(big, cut, 'small')")],
    });

    [Fact]
    public Task Adult_logistic_with_missing_categories() => Compare(SharedData.Path("adult.csv.gz"), new()
    {
        Algorithm = "Logistic", Label = "income-per-year", Missing = MissingPolicy.Mean,
    });

    [Fact]
    public Task Bike_linear_with_numbers_as_categories() => Compare(SharedData.Path("bike-hour.csv.gz"), new()
    {
        Algorithm = "Linear",
        Label = "cnt",
        Features = ["season", "yr", "mnth", "hr", "holiday", "weekday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed"],
        Categories = ["season", "mnth", "hr", "weekday", "weathersit", "atemp"],
    });

    [Fact]
    public Task Flights_logistic_where_rows_are_dropped() => Compare(SharedData.Path("flights.csv.gz"), new()
    {
        Algorithm = "Logistic",
        Label = "late",
        Features = ["dep_delay", "distance", "air_time", "month", "hour", "carrier", "origin", "speed"],
        Categories = ["month"],
        Derived = [new("late", "arr_delay > 15"), new("speed", "log1p(distance / air_time)")],
        MaxIteration = 5,
    });

    [Fact]
    public Task Iris_softmax() => Compare(SharedData.Path("iris.csv"), new() { Algorithm = "Softmax", Label = "target" });

    [Fact]
    public Task Digits_softmax() =>
        Compare(SharedData.Path("digits.csv"), new() { Algorithm = "Softmax", Label = "target", MaxIteration = 20 });

    static string Sample(string name) => Path.Combine(HostedEngine.ProjectRoot, "samples", "data", name);

    async Task Compare(string path, TrainingSpecification specification)
    {
        await using var connection = await server.ConnectAsync();
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "d", NullValues = ["?"] }, null, Cancellation);
        var dataset = await new DatasetStore(connection).GetAsync("d", null, Cancellation);
        var training = await ModelTraining.StartAsync(connection, dataset, "m", specification, workerCount: 1, new(),
            TestContext.Current.CancellationToken);
        training.Work(0, Cancellation);
        await training.Completion;

        var models = new ModelStore(connection);
        var model = await models.GetAsync("m", null, Cancellation);
        var predictor = await ModelFamilies.LoadAsync(models, model, Cancellation);
        using var run = new OnnxRun(OnnxModel.Write(model, await models.ReadParametersAsync(model, null, Cancellation)));
        Assert.DoesNotContain(specification.Label, run.Inputs);

        long compared = 0;
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: Cancellation))
        {
            using (chunk)
            {
                var expected = predictor.Predict(chunk.Batch);
                var columns = new BatchColumns(chunk.Batch, new([]));
                AssertEqual(expected, run.Run(column => columns[column]), predictor.Signature.Label);
                compared += chunk.Rows;
            }
        }
        Assert.Equal(dataset.Rows, compared);
    }

    static void AssertEqual(Predictions expected, Dictionary<string, Array> actual, LabelEncoding label)
    {
        if (expected.Classes is not { } classes)
        {
            AssertEqual(expected.Values, (double[])actual["prediction"]);
            return;
        }
        AssertEqual(expected.Probabilities, (double[])actual["probability"]);
        var output = actual.ContainsKey("label") ? actual["label"] : actual["label_1"];
        for (int row = 0; row < expected.Values.Length; row++)
        {
            bool isMissing = double.IsNaN(expected.Values[row]);
            object name = label.Type == ColumnType.Utf8 ? isMissing ? "" : classes[(int)expected.Values[row]]
                : isMissing ? double.NaN : Categories.Parse(label.Type, classes[(int)expected.Values[row]]);
            if (!name.Equals(output.GetValue(row))) Assert.Fail($"Row {row}: {name} and {output.GetValue(row)} differ.");
        }
    }

    static void AssertEqual(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (!expected[i].Equals(actual[i]) && !(Math.Abs(expected[i] - actual[i]) <= Tolerance * Math.Max(1, Math.Abs(expected[i]))))
                Assert.Fail($"Element {i}: {expected[i]:R} and {actual[i]:R} differ.");
    }
}
