using System.Runtime.InteropServices;
using RedisML.Benchmarks.Rivals;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.LightGbm;
using RedisML.LightGbm.Native;
using RedisML.LightGbm.Trees;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs.Exchange;
using RedisML.Training;
using RedisML.Unit.Formats.Onnx;
using RedisML.Unit.Training;

namespace RedisML.Unit.LightGbm;

/// <summary>Boosting in one process: what comes of it is what the library makes of the same rows, driven directly.</summary>
public sealed class LightGbmTests
{
    const int Trees = 12;

    static readonly TestTable s_table = BoostingTable.Create();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Trees, predictions, ONNX and the text read back by the library: each the same numbers.</summary>
    [Theory]
    [InlineData("y", "regression", 0)]
    [InlineData("y", "quantile", 0)]
    [InlineData("count", "poisson", 0)]
    [InlineData("yes", "binary", 2)]
    [InlineData("kind", "multiclass", 3)]
    public async Task It_grows_the_trees_of_the_library_itself_and_predicts_to_the_bit(string label, string objective, int classes)
    {
        var specification = BoostingTable.Specification(
            label, ("n_estimators", Trees), ("min_data_in_leaf", 5), ("max_cat_to_onehot", 2)) with
        {
            SampleWeight = "w",
        };
        if (objective is "quantile" or "poisson") specification = With(specification, "objective", objective);
        var result = await s_table.TrainAsync(specification, workerCount: 1);
        var parameters = result.Parameters.ToDictionary();
        var text = ModelText.Parse(((Scalar)parameters["model"]).ToString(), null);
        Assert.Equal(Trees * Math.Max(1, classes > 2 ? classes : 1), text.Trees.Count);

        var matrix = BoostingTable.Matrix(s_table, result.Pipeline!);
        float[] labels = [.. s_table.Column(label).Select(value => value is string name
            ? result.Pipeline!.Label.Classes!.ToList().IndexOf(name) : Convert.ToSingle(value))];
        float[] weights = [.. s_table.Column("w").Select(Convert.ToSingle)];
        var told = new BoostingOptions(specification).ToParameters(classes, [2, 3]);
        var native = NativeLightGbm.Train(matrix, labels, weights, told, Trees, booster =>
            ModelText.Parse(booster.Save(0, -1), null));
        Assert.Equal(native.Trees, text.Trees);

        // The library reads the text that is stored, and scores by it.
        int outputs = text.Outputs;
        using var library = new NativeBooster(((Scalar)parameters["model"]).ToString());
        var scores = library.Predict(matrix, 4, outputs);
        var ours = new double[scores.Length];
        LightGbmPredictor.Sum(text.ReadTrees(null), outputs, matrix, 4, ours);
        for (int row = 0; row < s_table.Rows; row++)
            for (int k = 0; k < outputs; k++) Assert.Equal(scores[row * outputs + k], ours[k * s_table.Rows + row]);

        var predictions = BoostingTable.Predict(result, s_table);
        AssertOnnx(result, predictions, isLegacy: false, 1e-12);
        AssertOnnx(result, predictions, isLegacy: true, 1e-5);
        Assert.True(double.IsFinite(result.Loss));
        Assert.Equal(Trees, result.Iterations);
        var importance = ModelFamilies.Explain(BoostingTable.Model(result), parameters);
        Assert.Equal(["x", "z", "code", "text"], importance.Where(e => e.Name == "gain").Select(e => e.Feature).Order(
            Comparer<string?>.Create((a, b) => Array.IndexOf(s_features, a) - Array.IndexOf(s_features, b))));
        Assert.Equal(text.ReadTrees(null).Sum(tree => tree.Gain.Count(gain => gain > 0)),
            importance.Where(e => e.Name == "split").Sum(e => e.Value));
    }

    /// <summary>The library sizes its memory by the number of its threads: it must be each training's own.</summary>
    [Fact]
    public async Task Trainings_beside_each_other_take_the_threads_of_their_workers_and_grow_the_same_trees()
    {
        var specification = BoostingTable.Specification("y", ("n_estimators", 40), ("min_data_in_leaf", 5));
        var texts = await Task.WhenAll(new[] { 1, 2, 3, 1, 2, 3 }.Select(async workers =>
            ((Scalar)(await s_table.TrainAsync(specification, workers)).Parameters.ToDictionary()["model"]).ToString()));
        Assert.Single(texts.Distinct());

        if (!OperatingSystem.IsLinux()) return;
        using var together = new Barrier(2);
        var threads = await Task.WhenAll(new[] { 1, int.MaxValue }.Select(most => Task.Run(() => LibraryThread.Run(most, () =>
        {
            together.SignalAndWait(Cancellation);
            return ThreadsOfLibrary();
        }))));
        Assert.Equal([1, ThreadsOfLibrary()], threads);
    }

    static unsafe int ThreadsOfLibrary()
    {
        var library = NativeLibrary.Load(NativeMethods.Library, typeof(LightGbmLibrary).Assembly, null);
        return ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "OMP_NUM_THREADS"))();
    }

    static readonly string[] s_features = ["x", "z", "code", "text"];

    /// <summary>Validation stops where the loss no longer falls; the model is that of the best tree, whose loss is the one that
    /// is told.</summary>
    [Fact]
    public async Task Validation_stops_it_early_with_the_best_trees()
    {
        var training = s_table.Where(row => row % 3 != 0);
        var validation = s_table.Where(row => row % 3 == 0);
        var specification = BoostingTable.Specification("y", ("num_iterations", 400), ("learning_rate", 0.5), ("num_leaves", 63),
            ("early_stopping_round", 7));
        var result = await new TrainingSession(specification, training.Schema, new MemoryChunks(training.Chunks(500)), 1, null,
            new MemoryChunks(validation.Chunks(500))).RunAsync(Cancellation);
        Assert.InRange(result.Iterations, 2, 390);
        Assert.Equal(result.Iterations + 7, result.Evaluations);
        var predicted = BoostingTable.Predict(result, validation).Values;
        double loss = predicted.Select((value, row) => Math.Pow(value - (double)validation.Column("y")[row]!, 2)).Average();
        Assert.Equal(loss, result.ValidationLoss!.Value, 1e-5);
    }

    /// <summary>What was broken off between two trees and taken up again ends with the bits of what wasn't, drawn features
    /// included.</summary>
    [Theory]
    [InlineData("y", false)]
    [InlineData("kind", false)]
    [InlineData("y", true)]
    public async Task A_resumed_training_has_the_bits_of_an_undisturbed_one(string label, bool drawsFeatures)
    {
        var specification = BoostingTable.Specification(label, ("num_iterations", 9), ("feature_fraction", drawsFeatures ? 0.5 : 1.0));
        var broken = new BreakingLink([], last: 5);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainAsync(broken));
        Assert.NotEmpty(broken.Saved);
        var resumed = await TrainAsync(new BreakingLink(broken.Saved));
        var undisturbed = await TrainAsync(new LocalLink());
        Assert.Equal($"{undisturbed.Parameters.ToDictionary()["model"]}", $"{resumed.Parameters.ToDictionary()["model"]}");
        Assert.Equal(undisturbed.Loss, resumed.Loss);

        Task<TrainingResult> TrainAsync(INodeLink link) => new TrainingSession(specification, s_table.Schema,
            new WholeSource(new MemoryChunks(s_table.Chunks(700))), link, 1, null).RunAsync(Cancellation);
    }

    [Theory]
    [InlineData("num_leafs", 31, "OptionNotFound", "num_leaf")]
    [InlineData("num_leaves", "many", "OptionInvalid", "num_leaves")]
    [InlineData("num_leaves", 1, "OptionInvalid", "num_leaves")]
    [InlineData("objective", "binry", "OptionNotFound", "binary")]
    [InlineData("linear_tree", true, "OptionInvalid", "ONNX")]
    [InlineData("boosting", "dart", "OptionInvalid", "gbdt")]
    [InlineData("max_bin", "5 device_type=gpu", "OptionInvalid", "max_bin")]
    [InlineData("objective", "regression", "LabelNotNumeric", "text")]
    public void Wrong_options_are_found_before_any_row_is_read(string name, object value, string errorId, string said)
    {
        var error = Assert.Throws<RedisMLException>(() => new TrainingSession(
            BoostingTable.Specification("yes", (name, value)), s_table.Schema, new MemoryChunks([]), 1));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(said, error.Message);
    }

    [Fact]
    public void Combinations_that_make_no_sense_are_found_too()
    {
        var good = BoostingTable.Specification("y");
        Assert.Equal("MissingPolicyUnsupported", ErrorOf(good with { Missing = RedisML.Features.MissingPolicy.Mean }));
        Assert.Equal("MissingPolicyUnsupported", ErrorOf(good with { Algorithm = "Linear" }));
        Assert.Equal("OptionInvalid", ErrorOf(good with { L1 = 1 }));
        Assert.Equal("OptionInvalid", ErrorOf(With(With(good, "n_estimators", 3), "num_trees", 4)));

        static string ErrorOf(TrainingSpecification specification) => Assert.Throws<RedisMLException>(() =>
            new TrainingSession(specification, s_table.Schema, new MemoryChunks([]), 1)).ErrorId;
    }

    /// <summary>A label that the objective doesn't take is the library's to refuse, and the error says whose it is.</summary>
    [Fact]
    public async Task Labels_that_do_not_fit_are_refused()
    {
        var table = new TestTable().Add("a", Enumerable.Range(0, 200).Select(i => (double?)i)).Add(
            "n", Enumerable.Range(0, 200).Select(i => (double?)(i - 5)));
        foreach (var (objective, errorId) in new[] { ("gamma", "LightGbmFailed"), ("poisson", "LabelNegative") })
        {
            var specification = BoostingTable.Specification("n", ("objective", objective)) with { Features = ["a"], Categories = [] };
            Assert.Equal(errorId, (await Assert.ThrowsAsync<RedisMLException>(() => table.TrainAsync(specification))).ErrorId);
        }
    }

    /// <summary>Whatever byte of a text is changed or missing: it is read as a model whose every way ends at a leaf, or refused.</summary>
    [Fact]
    public async Task A_damaged_text_is_refused_or_harmless()
    {
        var result = await s_table.TrainAsync(
            BoostingTable.Specification("y", ("num_iterations", 2), ("num_leaves", 6), ("min_data_in_leaf", 5)), workerCount: 1);
        var text = ((Scalar)result.Parameters.ToDictionary()["model"]).ToString();
        var row = new double[] { 1, 2, 3, double.NaN };
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            var damaged = text.ToCharArray();
            damaged[random.Next(damaged.Length)] = "0123456789-=. \nez"[random.Next(17)];
            var read = new string(damaged, 0, i % 3 == 0 ? random.Next(damaged.Length) : damaged.Length);
            try
            {
                var parsed = ModelText.Parse(read, null);
                // Another number of features than the model's is refused with the model.
                if (parsed.FeatureCount == row.Length) Assert.All(parsed.ReadTrees(null), tree => tree.Predict(row));
            }
            catch (RedisMLException e)
            {
                Assert.Equal("ModelTextInvalid", e.ErrorId);
                refused++;
            }
        }
        Assert.InRange(refused, 300, 2999);
    }

    /// <summary>Of three leaves one always hangs at the root, which in ONNX is the first of its tree's nodes all the same.</summary>
    [Theory]
    [InlineData("y")]
    [InlineData("yes")]
    [InlineData("kind")]
    public async Task A_tree_with_a_leaf_at_its_root_predicts_the_same_in_every_opset(string label)
    {
        var result = await s_table.TrainAsync(BoostingTable.Specification(label, ("n_estimators", 4), ("num_leaves", 3)), workerCount: 1);
        var predictions = BoostingTable.Predict(result, s_table);
        AssertOnnx(result, predictions, isLegacy: false, 1e-12);
        AssertOnnx(result, predictions, isLegacy: true, 1e-5);
    }

    static void AssertOnnx(TrainingResult result, Predictions predictions, bool isLegacy, double tolerance)
    {
        using var onnx = new OnnxRun(OnnxModel.Write(BoostingTable.Model(result), result.Parameters, isLegacy));
        using var columns = new BatchColumns(s_table.Batch(), new DerivedColumns([]));
        var outputs = onnx.Run(name => columns[name]);
        if (predictions.Classes is null)
        {
            Assert.All(predictions.Values.Zip((double[])outputs["prediction"]), pair => Assert.Equal(pair.First, pair.Second,
                tolerance * Math.Max(1, Math.Abs(pair.First))));
            return;
        }
        if (!isLegacy) Assert.Equal(predictions.Values.Select(value => predictions.Classes[(int)value]), (string[])outputs["label"]);
        Assert.All(predictions.Probabilities.Zip((double[])outputs["probability"]), pair =>
            Assert.Equal(pair.First, pair.Second, tolerance));
    }

    static TrainingSpecification With(TrainingSpecification specification, string name, object value) => specification with
    {
        Options = specification.Options.Append(new(name, System.Text.Json.JsonSerializer.SerializeToElement(value))).ToDictionary(),
    };
}
