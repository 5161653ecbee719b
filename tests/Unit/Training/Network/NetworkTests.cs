using System.Text.Json;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Formats.Onnx;

namespace RedisML.Unit.Training.Network;

/// <summary>Networks, from rows to predictions.</summary>
public sealed class NetworkTests
{
    static readonly IAlgorithm s_network = (IAlgorithm)ModelFamilies.Get("Network");

    [Fact]
    public async Task Digits_are_told_apart_by_default()
    {
        var lines = File.ReadLines(SharedData.Path("digits.csv")).ToArray();
        var names = lines[0].Split(',');
        double[][] rows = [.. lines.Skip(1).Select(line => line.Split(',').Select(double.Parse).ToArray())];
        var table = new TestTable();
        for (int i = 0; i < names.Length; i++) table.Add(names[i], rows.Select(row => (double?)row[i]));
        var (training, test) = (table.Where(row => row % 5 != 0), table.Where(row => row % 5 == 0));
        var specification = Specification() with { Label = names[^1], Categories = [names[^1]], L2 = s_network.Defaults.L2 };

        var model = ModelOf(specification, await training.TrainAsync(specification), out var parameters);
        var predictions = ModelFamilies.Load(model, parameters).Predict(RowBatch.Of(test.Chunks(test.Rows)[0]));
        int right = test.Column(names[^1]).Index()
            .Count(label => double.Parse(predictions.Classes![(int)predictions.Values[label.Index]]) == (double)label.Item!);
        Assert.InRange((double)right / test.Rows, 0.97, 1);
    }

    [Theory]
    [InlineData("kind", "{ 'Layers': [24, 10], 'Dropout': 0.2, 'Normalization': 'Layer', 'Activation': 'Gelu' }")]
    [InlineData("y", "{ 'Layers': 16, 'Activation': 'tanh', 'Embedding': 3, 'WeightDecay': 0.01 }")]
    [InlineData("flag", "{ 'Loss': 'LogLoss', 'Dropout': 0.1 }")]
    [InlineData("count", "{ 'Loss': 'Poisson', 'Layers': [] }")]
    public async Task Parameters_are_the_same_to_the_bit_for_any_number_of_workers_and_onnx_predicts_the_same(string label, string options)
    {
        var table = Table(3001);
        var specification = Specification(options) with
        {
            Label = label,
            Features = ["x", "colour", "month"],
            Categories = ["month"],
            SampleWeight = label == "flag" ? "weight" : null,
            Optimizer = new() { Kind = OptimizerKind.Adam, Epochs = 3 },
        };
        var first = await table.TrainAsync(specification, workerCount: 1);
        foreach (int workers in new[] { 2, 3 }) Assert.Equal(Bits(first), Bits(await table.TrainAsync(specification, workers)));
        Assert.NotEqual(Bits(first), Bits(await table.TrainAsync(specification with { Seed = 4 }, 2)));

        var model = ModelOf(specification, first, out var parameters);
        var predictor = ModelFamilies.Load(model, parameters);
        using var rows = RowBatch.Of(table.Chunks(table.Rows)[0]);
        var predictions = predictor.Predict(rows);
        using var onnx = new OnnxRun(OnnxModel.Write(model, parameters));
        using var columns = new BatchColumns(table.Batch(), new DerivedColumns([]));
        var outputs = onnx.Run(name => columns[name]);
        if (predictions.Classes is null) AssertClose(predictions.Values, (double[])outputs["prediction"]);
        else
        {
            AssertClose(predictions.Probabilities, (double[])outputs["probability"]);
            Assert.All(predictions.Probabilities.Chunk(predictions.Classes.Count), ofRow => Assert.Equal(1, ofRow.Sum(), 1e-9));
        }
        // One row at a time says the same, to the bit.
        var one = predictor.Predict(RowBatch.Of(table.Where(row => row == 17).Chunks(1)[0]));
        Assert.Equal(predictions.Values[17], one.Values[0]);

        var elements = ModelFamilies.Explain(model, parameters);
        Assert.Equal(parameters.Values.Sum(value => value.ToDoubles().Length), elements.Count);
        Assert.Contains(elements, element => element is { Name: "embedding.1", Feature: "colour", Level: "blue" });
        Assert.Contains(elements, element => element is { Name: "embedding.1", Feature: "colour", IsMissing: true });
        Assert.Contains(elements, element => element is { Name: "weight.1", Feature: "x" });
        Assert.Equal(label == "kind", elements.Any(element => element is { Name: "bias.3", Class: "small" }));
    }

    [Fact]
    public async Task A_training_learns_more_the_longer_it_lasts_and_ends_early_on_validation_rows()
    {
        var table = Table(1200);
        var specification = Specification("{ 'Layers': [32] }") with
        {
            Label = "kind",
            Features = ["x", "noise"],
            Optimizer = new() { Kind = OptimizerKind.Adam, Epochs = 2 },
        };
        var brief = await table.TrainAsync(specification);
        var longer = await table.TrainAsync(specification with { Optimizer = specification.Optimizer with { Epochs = 60 } });
        Assert.InRange(longer.Loss, 0, 0.5 * brief.Loss);

        // A label of chance: training learns the rows, and validation gets worse.
        var (training, validation) = (table.Where(row => row % 4 == 0), table.Where(row => row % 4 != 0));
        var chance = specification with
        {
            Label = "coin",
            Optimizer = new() { Kind = OptimizerKind.Adam, Epochs = 400, Patience = 3, LearningRate = 0.01 },
        };
        var stopped = await new TrainingSession(chance, training.Schema, new MemoryChunks(training.Chunks(100)), 2,
            validation: new MemoryChunks(validation.Chunks(100))).RunAsync(TestContext.Current.CancellationToken);
        Assert.InRange(stopped.Iterations, 4, 399);
        Assert.True(stopped.ValidationLoss >= stopped.Loss);
    }

    [Theory]
    [InlineData("{ 'Layer': 5 }", "OptionNotFound", "'Layers'")]
    [InlineData("{ 'Activation': 'Rely' }", "OptionNotFound", "'Relu'")]
    [InlineData("{ 'Layers': [10, 0] }", "OptionInvalid", "Layers")]
    [InlineData("{ 'Layers': 'many' }", "OptionInvalid", "Layers")]
    [InlineData("{ 'Dropout': 1 }", "OptionInvalid", "Dropout")]
    [InlineData("{ 'Embedding': -1 }", "OptionInvalid", "Embedding")]
    [InlineData("{ 'WeightDecay': -1 }", "OptionInvalid", "WeightDecay")]
    [InlineData("{ 'Layers': [], 'Dropout': 0.1 }", "ConflictingOptions", "hidden")]
    [InlineData("{ 'WeightDecay': 0.1 }", "ConflictingOptions", "L2", 1.0)]
    [InlineData("{ }", "ConflictingOptions", "Lbfgs", 0.0, OptimizerKind.Lbfgs)]
    [InlineData("{ 'Loss': 'SquaredError' }", "LabelNotNumeric", "kind")]
    public void What_cannot_be_is_refused_before_any_row_is_read(
        string options, string errorId, string says, double l2 = 0, OptimizerKind optimizer = OptimizerKind.Adam)
    {
        var specification = Specification(options) with { Label = "kind", L2 = l2, Optimizer = new() { Kind = optimizer } };
        var error = Assert.Throws<RedisMLException>(() => TrainingContext.Check(specification, Table(1).Schema, 1));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(says, error.Message);
    }

    [Theory]
    [InlineData("{ }", 2)]
    [InlineData("{ 'weightdecay': 0 }", 2)]
    [InlineData("{ 'WeightDecay': 0.1 }", 0)]
    public void Weights_are_penalised_unless_they_decay(string options, double l2)
    {
        var specification = Specification(options) with { Label = "kind" };
        specification = specification with { L2 = s_network.DefaultsWith(specification.Options).L2 };
        Assert.Equal(l2, specification.L2);
        TrainingContext.Check(specification, Table(1).Schema, 1);
    }

    [Fact]
    public async Task What_a_stored_model_says_of_itself_is_not_trusted()
    {
        var specification = Specification("{ 'Layers': [4] }") with
        {
            Label = "y",
            Features = ["x", "colour"],
            Optimizer = new() { Kind = OptimizerKind.Adam, Epochs = 1 },
        };
        var model = ModelOf(specification, await Table(50).TrainAsync(specification), out var parameters);
        foreach (var (options, errorId) in new[]
        {
            ("{ 'Layers': [5] }", "ParameterShapeMismatch"), ("{ 'Layers': [16384, 16384, 16384] }", "ParameterShapeMismatch"),
            ("{ 'Layers': [-1] }", "InvalidModelDefinition"), ("{ 'Activation': 'Shell' }", "InvalidModelDefinition"),
        })
        {
            var other = model with { Definition = model.Definition! with { Options = JsonOf(options) } };
            Assert.Equal(errorId, Assert.Throws<RedisMLException>(() => ModelFamilies.Load(other, parameters)).ErrorId);
        }
        parameters.Remove("output.scale");
        Assert.Equal("ParameterShapeMismatch", Assert.Throws<RedisMLException>(() => ModelFamilies.Load(model, parameters)).ErrorId);
    }

    internal static TrainingSpecification Specification(string options = "{}") => new()
    {
        Algorithm = "Network",
        Label = "",
        L2 = 0,
        Missing = MissingPolicy.Mean,
        Options = JsonOf(options).EnumerateObject().ToDictionary(option => option.Name, option => option.Value),
        Optimizer = new() { Kind = OptimizerKind.Adam },
    };

    static JsonElement JsonOf(string text) => JsonSerializer.Deserialize<JsonElement>(text.Replace('\'', '"'));

    static Model ModelOf(
        TrainingSpecification specification, TrainingResult result, out Dictionary<string, ParameterValue> parameters)
    {
        // As Redis has them.
        parameters = result.Parameters.ToDictionary(p => p.Key, p => ParameterValue.Decode(p.Value.Encode()));
        return new()
        {
            Name = "m",
            Version = 1,
            Created = DateTimeOffset.UnixEpoch,
            Parameters = [.. parameters.Keys],
            Definition = new()
            {
                Algorithm = specification.Algorithm,
                Task = result.Task,
                Pipeline = result.Pipeline,
                Options = specification.OptionsAsJson(),
                Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = result.RowsUsed, Trained = default },
            },
        };
    }

    static long[] Bits(TrainingResult result) => [.. result.Parameters.SelectMany(parameter => parameter.Value.ToDoubles())
        .Append(result.Loss).Select(BitConverter.DoubleToInt64Bits)];

    static void AssertClose(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5 * Math.Max(1, Math.Abs(expected[i])));
    }

    static TestTable Table(int rows)
    {
        var random = new Random(11);
        string?[] colours = ["red", "green", "blue", null];
        double[] x = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() * 6 - 3)];
        double[] noise = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
        long[] month = [.. Enumerable.Range(0, rows).Select(_ => (long)random.Next(1, 13))];
        return new TestTable()
            .Add("x", x.Select((value, i) => i % 40 == 5 ? null : (double?)value))
            .Add("noise", noise.Select(value => (double?)value))
            .Add("colour", x.Select(_ => colours[random.Next(4)]))
            .Add("month", month.Select(value => (long?)value))
            .Add("weight", noise.Select(value => (double?)(value + 0.1)))
            .Add("coin", x.Select(_ => (string?)(random.Next(2) == 0 ? "heads" : "tails")))
            .Add("kind", x.Select(value => (string?)(Math.Abs(value) < 1 ? "small" : value * value > 5 ? "large" : "middle")))
            .Add("flag", x.Select((value, i) => (string?)(value * value + noise[i] > 3 ? "yes" : "no")))
            .Add("count", x.Select((value, i) => (long?)Math.Round(Math.Exp(value * 0.5 + noise[i]) * 3)))
            .Add("y", x.Select((value, i) => (double?)(1000 + 50 * Math.Sin(value) + month[i] + noise[i])));
    }
}
