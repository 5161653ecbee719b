using Google.Protobuf;
using RedisML.Columns;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.Formats.Onnx;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.OnnxRuntime;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training;

namespace RedisML.Unit.ModelFiles;

/// <summary>Models in ONNX that other programs than this one write: made by hand of the operators.</summary>
public sealed class OnnxModelTests(EmbeddedServerFixture server)
{
    static readonly float[] s_coefficients = [1, 0, -1, 0.5f, 0, -0.5f], s_intercepts = [0.1f, 0.2f, 0.3f];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_classifier_of_scikit_learn_says_its_classes_and_probabilities()
    {
        var (model, predictor) = Load(OnnxFiles.LogisticOfScikitLearn(s_coefficients, s_intercepts),
            new() { Features = ["a", "b"], Label = "species" });
        Assert.Equal(ModelTask.Classes, model.Definition!.Task);
        Assert.Equal([new("a", ColumnType.Float64), new("b", ColumnType.Float64)], predictor.Signature.Inputs);
        Assert.Equal(["setosa", "versicolor", "virginica"], predictor.Signature.Label.Classes);
        var predictions = Predict(predictor, new TestTable().Add("b", [2.0, -1, null]).Add("a", [1L, 0, 3]));
        double[] scores = [Math.Exp(1.1), Math.Exp(-1 + 0.5 * 2 + 0.2), Math.Exp(-0.5 * 2 + 0.3)];
        for (int k = 0; k < 3; k++) Assert.Equal(scores[k] / scores.Sum(), predictions.Probabilities[k], 1e-6);
        Assert.Equal([0, 2, double.NaN], predictions.Values);
    }

    /// <remarks>
    /// ML.NET 5.0.1 and its converter 0.23.1 made the file of <c>LbfgsMaximumEntropy</c> over the four columns of iris.csv. The
    /// probabilities are those that ML.NET itself said of the first, the 51st and the last row.
    /// </remarks>
    [Fact]
    public void A_model_of_another_program_predicts_what_that_program_did()
    {
        var file = File.ReadAllBytes(Path.Combine(HostedEngine.ProjectRoot, "tests", "Unit", "ModelFiles", "iris-mlnet.onnx"));
        Assert.Equal("OnnxSignatureUnclear", Assert.Throws<RedisMLException>(() => Load(file, new() { Output = "Score" })).ErrorId);
        var (_, predictor) = Load(file, new() { Output = "Score.output", Label = "target", Classes = ["0", "1", "2"] });
        Assert.Equal(["A", "B", "C", "D"], predictor.Signature.Inputs.Select(input => input.Name));
        Assert.Equal(["0", "1", "2"], predictor.Signature.Label.Classes);
        var predictions = Predict(predictor, new TestTable().Add("A", [5.1, 7.0, 5.9]).Add("B", [3.5, 3.2, 3.0])
            .Add("C", [1.4, 4.7, 5.1]).Add("D", [0.2, 1.4, 1.8]));
        double[] expected = [0.9743648, 0.025635092, 1.9781471E-07, 0.004753235, 0.7739843, 0.22126235, 0.0007584721, 0.2853232, 0.7139181];
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], predictions.Probabilities[i], 1e-5);
        Assert.Equal([0, 1, 2], predictions.Values);
    }

    /// <summary>Our own note says how the label is computed; what somebody else wrote there is checked, or means nothing.</summary>
    [Fact]
    public async Task A_label_that_no_dataset_has_is_computed_as_in_training()
    {
        var table = new TestTable().Add("x", Enumerable.Range(0, 200).Select(i => (double?)(i % 40)))
            .Add("delay", Enumerable.Range(0, 200).Select(i => (double?)(i % 40 + i % 7)));
        var specification = new TrainingSpecification
        {
            Algorithm = "Logistic",
            Label = "late",
            Features = ["x"],
            Derived = [new("hours", "delay / 10"), new("unused", "x + 1"), new("late", "hours > 2")],
        };
        var result = await table.TrainAsync(specification);
        var model = new Model
        {
            Name = "late",
            Version = 1,
            Created = default,
            Parameters = [.. result.Parameters.Select(parameter => parameter.Key)],
            Definition = new()
            {
                Algorithm = "Logistic",
                Task = result.Task,
                Pipeline = result.Pipeline,
                Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 200, Trained = default },
            },
        };
        var content = OnnxModel.Write(model, result.Parameters);
        var (imported, predictor) = Load(content, new());
        Assert.Equal(["hours", "late"], imported.Definition!.Pipeline!.Derived.Select(column => column.Name));
        Assert.Equal(["x"], predictor.Signature.Inputs.Select(input => input.Name));
        var expected = Measure(ModelFamilies.Load(model, result.Parameters));
        var found = Measure(predictor);
        Assert.Equal((expected.Rows, expected.Accuracy), (found.Rows, found.Accuracy));
        Assert.Equal(expected.LogLoss!.Value, found.LogLoss!.Value, 1e-6);
        Assert.Empty(Load(content, new() { Label = "other" }).Model.Definition!.Pipeline!.Derived);

        foreach (var (note, errorId) in new[]
        {
            ("{\"x\":\"1\"}", "InvalidModelDefinition"), ("{\"late\":\"late > 1\"}", "DerivedColumnCircular"),
            ("{\"late\":null}", "InvalidModelDefinition"), ("{\"late\":\"(\"}", "InvalidExpression"), ("[1", null),
        })
        {
            var file = ModelProto.Parser.ParseFrom(content);
            file.MetadataProps.Single(property => property.Key == "derived").Value = note;
            var changed = file.ToByteArray();
            if (errorId is null) Assert.Empty(Load(changed, new()).Model.Definition!.Pipeline!.Derived);
            else Assert.Equal(errorId, Assert.Throws<RedisMLException>(() => Load(changed, new())).ErrorId);
        }

        ClassificationResult Measure(IPredictor of) => (ClassificationResult)new ModelEvaluator(of).Measure(table.Batch()).Result();
    }

    [Theory]
    [InlineData(null, 5000)]
    [InlineData(1, 7)]
    [InlineData(4, 9)]
    public void A_network_that_takes_any_or_a_certain_number_of_rows_answers_each_row_once(int? batch, int rows)
    {
        // Two classes in an order that isn't ours: "yes" first.
        var (_, predictor) = Load(OnnxFiles.Layer(batch, 2, [1, -1, 0.5f, 2], [0, 0.25f]), new() { Classes = ["yes", "no"], Logit = true });
        Assert.Equal(["input_0", "input_1"], predictor.Signature.Inputs.Select(input => input.Name));
        Assert.Equal(["no", "yes"], predictor.Signature.Label.Classes);
        var predictions = Predict(predictor, new TestTable()
            .Add("input_0", Enumerable.Range(0, rows).Select(i => (double?)(i % 5 - 2)))
            .Add("input_1", Enumerable.Repeat((double?)0.5, rows)));
        for (int row = 0; row < rows; row++)
        {
            double yes = row % 5 - 2 + 0.25, no = -(row % 5 - 2) + 1 + 0.25;
            Assert.Equal(1 / (1 + Math.Exp(no - yes)), predictions.Probabilities[2 * row + 1], 1e-6);
            Assert.Equal(yes > no ? 1 : 0, predictions.Values[row]);
        }
    }

    [Fact]
    public void A_single_score_is_the_second_classs_and_without_classes_a_number()
    {
        var table = new TestTable().Add("x", [-1.0, 0, 2]);
        var file = OnnxFiles.Layer(null, 1, [2], [1], "x", "y");
        Assert.Equal([-1, 1, 5], Predict(Load(file, new()).Predictor, table).Values);
        var classes = Predict(Load(file, new() { Classes = ["0", "1"], Logit = true }).Predictor, table);
        Assert.Equal([0, 1, 1], classes.Values);
        Assert.Equal(1 / (1 + Math.Exp(-5)), classes.Probabilities[5], 1e-6);
        var error = Assert.Throws<RedisMLException>(() => Predict(Load(file, new() { Classes = ["0", "1"] }).Predictor, table));
        Assert.Equal("OnnxNotProbability", error.ErrorId);
    }

    [Fact]
    public void Columns_of_several_types_are_inputs_and_a_missing_integer_leaves_no_prediction()
    {
        var (_, predictor) = Load(OnnxFiles.Mixed(2), new());
        Assert.Equal(["Int64", "Boolean", "Utf8"], predictor.Signature.Inputs.Select(input => $"{input.Type}"));
        var table = new TestTable().Add("count", [1L, 2, null, 3]).Add("flag", [true, false, true, null])
            .Add("name", ["ten", null, "x", "x"]);
        Assert.Equal([24, 4, double.NaN, double.NaN], Predict(predictor, table).Values);
    }

    [Fact]
    public async Task A_model_of_two_megabytes_lies_in_pieces_and_comes_back_to_the_bit()
    {
        await using var connection = await server.ConnectAsync();
        var models = new ModelStore(connection);
        using var folder = new TemporaryFolder();
        var content = OnnxFiles.Large([.. Enumerable.Range(0, 600_000).Select(i => i + 0.5f)]);
        var path = Path.Combine(folder.Path, "big.onnx");
        File.WriteAllBytes(path, content);
        var read = await ModelImport.ReadAsync(path, null, new(), Cancellation);
        var model = await models.ImportAsync("big", read.Definition, read.Parameters, Cancellation);
        Assert.Equal("Onnx", model.Algorithm);
        var predictor = await ModelFamilies.LoadAsync(models, model, Cancellation);
        Assert.Equal([1.5], Predict(predictor, new TestTable().Add("x", [1.0])).Values);
        var copy = Path.Combine(folder.Path, "copy.onnx");
        await ModelExport.WriteAsync(models, model, ModelFormat.Onnx, copy, overwrite: false, Cancellation);
        Assert.Equal(content, File.ReadAllBytes(copy));
        Assert.Equal(3, await connection.KeysAsync($"{connection.Settings.Prefix}:model:big:version:1:piece:", Cancellation)
            .CountAsync(Cancellation));
    }

    [Fact]
    public void The_same_model_is_loaded_once()
    {
        var content = OnnxFiles.Layer(null, 1, [3], [1]);
        Assert.Same(OnnxSession.Load(content), OnnxSession.Load([.. content]));
        Assert.NotSame(OnnxSession.Load(content), OnnxSession.Load(OnnxFiles.Layer(null, 1, [4], [1])));
    }

    [Fact]
    public void A_model_that_does_not_end_is_stopped()
    {
        var (_, predictor) = Load(OnnxFiles.Endless(), new());
        var limit = OnnxSession.Limit;
        try
        {
            OnnxSession.Limit = TimeSpan.FromMilliseconds(200);
            var error = Assert.Throws<RedisMLException>(() => Predict(predictor, new TestTable().Add("x", [1.0])));
            Assert.Equal(("OnnxTimeout", ErrorKind.OperationTimeout), (error.ErrorId, error.Kind));
        }
        finally
        {
            OnnxSession.Limit = limit;
        }
    }

    [Fact]
    public void A_model_that_wants_more_memory_than_there_is_for_it_is_an_error()
    {
        var error = Assert.Throws<RedisMLException>(() =>
            Predict(Load(OnnxFiles.Huge(1L << 40), new()).Predictor, new TestTable().Add("x", [1.0])));
        Assert.Contains(error.ErrorId, (string[])["OnnxFailed", "OnnxModelInvalid"]);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    public void Weights_in_other_files_are_refused(string location) =>
        Assert.Equal("OnnxUnsupported", Assert.Throws<RedisMLException>(() => Load(OnnxFiles.External(location), new())).ErrorId);

    [Fact]
    public void Damaged_files_are_typed_errors()
    {
        var whole = OnnxFiles.LogisticOfScikitLearn(s_coefficients, s_intercepts);
        var random = new Random(1);
        for (int i = 0; i < 150; i++)
        {
            var damaged = i < 30 ? whole[..(whole.Length * i / 30)] : [.. whole];
            for (int k = i % 4; i >= 30 && k >= 0; k--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                var (_, predictor) = Load(damaged, new() { Features = ["a", "b"] });
                Predict(predictor, new TestTable().Add("a", [1.0]).Add("b", [1.0]));
            }
            catch (RedisMLException)
            {
                // As it should be; some damage leaves a model that says something else.
            }
        }
        Assert.Equal("OnnxModelInvalid", Assert.Throws<RedisMLException>(() => Load(whole[..(whole.Length / 2)], new())).ErrorId);
        Assert.Equal("OnnxModelInvalid", Assert.Throws<RedisMLException>(() => Load([], new())).ErrorId);
        Assert.Equal("OnnxModelInvalid", Assert.Throws<RedisMLException>(() => Load("PAR1 is something else"u8.ToArray(), new())).ErrorId);
    }

    /// <summary>As .NET says it where a library is missing, damaged or of another machine, or of another version.</summary>
    [Fact]
    public void A_library_that_does_not_load_is_an_error_that_says_where_there_is_one()
    {
        foreach (var cause in (Exception[])[new DllNotFoundException("onnxruntime"), new BadImageFormatException("onnxruntime"),
            new EntryPointNotFoundException("OrtGetApiBase"), new TypeInitializationException("NativeMethods", new DllNotFoundException())])
        {
            var error = Assert.Throws<RedisMLException>(() => OnnxErrors.Loading<int>(() => throw cause));
            Assert.Equal(("OnnxRuntimeUnavailable", ErrorKind.ResourceUnavailable), (error.ErrorId, error.Kind));
            Assert.Contains("arm64", error.Message);
            Assert.Contains((cause.InnerException ?? cause).Message, error.Message);
        }
    }

    [Fact]
    public void What_a_file_does_not_say_must_be_told()
    {
        var layer = OnnxFiles.Layer(null, 2, [1, 0, 0, 1, 0, 0], [0, 0, 0]);
        foreach (var options in (ModelImportOptions[])
            [new(), new() { Classes = ["a", "b"] }, new() { Output = "lgoits" }, new() { Classes = ["a", "b", "c"], Features = ["one"] },
                new() { Classes = ["a", "b", "c"], Features = ["one", "one"] }, new() { Classes = ["a", "a", "c"] },
                new() { Classes = ["a", "b", "c"], Label = "input_1" }])
            Assert.Equal("OnnxSignatureUnclear", Assert.Throws<RedisMLException>(() => Load(layer, options)).ErrorId);
    }

    [Fact]
    public void A_definition_that_does_not_fit_its_graph_is_an_error()
    {
        var read = new OnnxFormat().Read(OnnxFiles.Layer(null, 2, [1, 1], [0]), new());
        var other = OnnxFiles.Layer(null, 2, [1, 1], [0], input: "other");
        var error = Assert.Throws<RedisMLException>(() => ModelFamilies.Load(ModelOf(read),
            [new("onnx", new Tensor(other, other.Length))]));
        Assert.Equal("InvalidModelDefinition", error.ErrorId);
        var pipeline = read.Definition!.Pipeline! with { Inputs = [new("a", ColumnType.Float64)] };
        error = Assert.Throws<RedisMLException>(() =>
            ModelFamilies.Load(ModelOf(read with { Definition = read.Definition with { Pipeline = pipeline } }), read.Parameters));
        Assert.Equal("InvalidModelDefinition", error.ErrorId);
        error = Assert.Throws<RedisMLException>(() => ModelFamilies.Load(ModelOf(read), [new("onnx", new Scalar(1))]));
        Assert.Equal("ParameterShapeMismatch", error.ErrorId);
    }

    static (Model Model, IPredictor Predictor) Load(byte[] content, ModelImportOptions options)
    {
        new OnnxRuntimeExtension().Register();
        var read = new OnnxFormat().Read(content, options);
        var model = ModelOf(read);
        return (model, ModelFamilies.Load(model, read.Parameters));
    }

    static Model ModelOf(ImportedModel read) =>
        new() { Name = "m", Version = 1, Created = default, Definition = read.Definition, Parameters = ["onnx"] };

    static Predictions Predict(IPredictor predictor, TestTable table)
    {
        using var rows = RowBatch.Of(table.Batch());
        return predictor.Predict(rows);
    }
}
