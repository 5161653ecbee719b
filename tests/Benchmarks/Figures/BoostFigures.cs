using System.Diagnostics;
using System.Text.Json;
using RedisML.Benchmarks.Rivals;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Importing;
using RedisML.LightGbm;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Boosting from rows in Redis to a model in Redis, beside LightGBM's library on an array of the same rows in memory; and the time
/// of a tree over two nodes.</summary>
static class BoostFigures
{
    const int Trees = 100, Leaves = 31, Rounds = 5;

    /// <summary>What the shared page names of each: from columns of which set, what, and how good it is to be.</summary>
    static readonly (string File, TrainingSpecification What)[] s_sets =
    [
        ("flights", TrainFigures.Late with { Derived = [new("late", "if(arr_delay > 15, 1, 0)")] }),
        ("diamonds", new() { Algorithm = "LightGbm", Label = "price" }),
        ("adult", new() { Algorithm = "LightGbm", Label = "income-per-year" }),
    ];

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading($"Boosting, {Trees} trees of {Leaves} leaves (seconds)");
        foreach (var (file, what) in s_sets) await SetAsync(context, file, what);
        await NodesAsync(context);
        Console.WriteLine();
    }

    static async Task SetAsync(BenchmarkContext context, string file, TrainingSpecification what)
    {
        if (BenchmarkContext.Shared($"data/{file}.csv.gz") is not { } path) return;
        await DatasetImport.RunAsync(context.Connection, path, new() { Dataset = file }, null, default);
        var (train, test) = await TrainFigures.SplitAsync(context, file, seed: 42);
        var specification = Boosted(what, what.Label == "late" ? "binary" : null);
        var (ours, theirs) = (new List<double>(), new List<double>());
        var result = default(EvaluationResult);
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await TrainAsync(context, train, specification, new());
            ours.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            var (model, predictor) = await LoadAsync(context);
            result ??= await new ModelEvaluator(predictor).EvaluateAsync(
                new DatasetReader(context.Connection).ReadAsync(test, cancellation: default), default);
            theirs.Add(await NativeAsync(context, train, specification, model));
        }
        double ratio = BenchmarkContext.Median(ours.Zip(theirs, (o, t) => t / o).Skip(1));
        BenchmarkContext.Print($"{file}, {train.Rows:N0} rows in Redis | LightGBM's library, rows in memory (at most 1.3 times)",
            $"{BenchmarkContext.Median(ours.Skip(1)):0.000}", $"{BenchmarkContext.Median(theirs.Skip(1)):0.000}", 1.3 * ratio, "1");
        Console.WriteLine(result is ClassificationResult classes
            ? $"    on the test rows: accuracy {classes.Accuracy:0.0000}, AUC {classes.Auc:0.0000}"
            : $"    on the test rows: R² {((RegressionResult)result!).R2:0.0000}");
    }

    /// <summary>The time of the library alone for the rows of a dataset, once they lie in an array.</summary>
    static async Task<double> NativeAsync(BenchmarkContext context, Dataset dataset, TrainingSpecification specification, Model model)
    {
        var pipeline = model.Definition!.RequirePipeline();
        var features = new FeatureRows(pipeline);
        var layout = new EncodedLayout(pipeline.Features);
        var derived = new DerivedColumns(pipeline.Derived);
        var (values, labels) = (new List<double>(), new List<float>());
        var classes = pipeline.Label.Classes?.Index().ToDictionary(c => c.Item, c => (float)c.Index);
        await foreach (var chunk in new DatasetReader(context.Connection).ReadAsync(dataset, cancellation: default))
        {
            using (chunk)
            {
                using var columns = new BatchColumns(chunk.Batch, derived);
                var encoder = BlockEncoder.Of(layout, columns);
                var label = columns[pipeline.Label.Column];
                var text = classes is null ? null : Columns.Categories.Of(label, pipeline.Label.Type);
                for (int block = 0; block < encoder.Blocks.Count; block++)
                {
                    var encoded = encoder.Encode(block, new bool[encoder.Blocks.MaxBlockRows]);
                    var rows = new double[encoded.Rows * features.Columns];
                    features.Fill(encoded, rows);
                    for (int row = 0; row < encoded.Rows; row++)
                    {
                        int at = encoder.Blocks.Start(block) + row;
                        float value = text is null ? (float)((Columns.NumberVector)label).Values[at]
                            : text.Codes[at] < 0 ? float.NaN : classes![text.Levels[text.Codes[at]]];
                        if (float.IsNaN(value)) continue;
                        labels.Add(value);
                        values.AddRange(rows.AsSpan(row * features.Columns, features.Columns));
                    }
                }
            }
        }
        double[] matrix = [.. values];
        float[] targets = [.. labels];
        // As the library chooses itself: without what makes bits the same for any number of threads.
        var parameters = new BoostingOptions(specification).ToParameters(classes?.Count ?? 0, features.CategoricalColumns)
            .Replace(" deterministic=true", "").Replace(" force_col_wise=true", "");
        long start = Stopwatch.GetTimestamp();
        NativeLightGbm.Train(matrix, targets, null, parameters, Trees, booster => booster.Save(0, -1));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static async Task NodesAsync(BenchmarkContext context)
    {
        var store = new DatasetStore(context.Connection);
        if (BenchmarkContext.Shared("data/diamonds.csv.gz") is null) return;
        var dataset = await store.GetAsync("diamonds-train");
        var specification = Boosted(new() { Algorithm = "LightGbm", Label = "price" }, null);
        var training = await ModelTraining.StartAsync(context.Connection, dataset, "boosted", specification, 1,
            new NodeOptions { NodeCount = 2, MaxNode = 2, JoinTimeout = 60 }, default);
        using var other = NodeChild.Start(context, training.Run.Id);
        new Thread(() => training.Work(0, default)) { IsBackground = true }.Start();
        while (training.Run.Step < 10) await Task.Delay(5);
        long start = Stopwatch.GetTimestamp();
        int first = training.Run.Step;
        await training.Completion;
        double tree = Stopwatch.GetElapsedTime(start).TotalMilliseconds / (Trees - first);
        await other.WaitForExitAsync();
        BenchmarkContext.Print("a tree over two nodes on loopback, diamonds, ms | limit", $"{tree:0.0}", "60", 60 / tree, "1");
    }

    static TrainingSpecification Boosted(TrainingSpecification what, string? objective)
    {
        var options = new Dictionary<string, JsonElement>
        {
            ["num_iterations"] = JsonSerializer.SerializeToElement(Trees),
            ["num_leaves"] = JsonSerializer.SerializeToElement(Leaves),
        };
        if (objective is not null) options["objective"] = JsonSerializer.SerializeToElement(objective);
        return what with { Algorithm = "LightGbm", Missing = MissingPolicy.Keep, Options = options };
    }

    static async Task TrainAsync(BenchmarkContext context, Dataset dataset, TrainingSpecification specification, NodeOptions nodes)
    {
        var training = await ModelTraining.StartAsync(
            context.Connection, dataset, "boosted", specification, Environment.ProcessorCount, nodes, default);
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            int worker = i;
            new Thread(() => training.Work(worker, default)) { IsBackground = true }.Start();
        }
        await training.Completion;
    }

    static async Task<(Model Model, IPredictor Predictor)> LoadAsync(BenchmarkContext context)
    {
        var store = new ModelStore(context.Connection);
        var model = await store.GetAsync("boosted", null, default);
        return (model, await ModelFamilies.LoadAsync(store, model, default));
    }
}
