using System.Diagnostics;
using System.Text.Json;
using RedisML.Benchmarks.Rivals;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Features;
using RedisML.Importing;
using RedisML.LightGbm;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Boosting from rows in Redis to a model in Redis, beside LightGBM's library and scikit-learn on arrays of the same rows in
/// memory; how good it is beside them; and the time of a tree over two nodes.</summary>
static class BoostFigures
{
    const int Trees = 100, Leaves = 31, Rounds = 5;

    /// <summary>By how much AUC, R² or accuracy may differ from that of the library.</summary>
    const double Tolerance = 0.001;

    /// <summary>What the shared page names of each: from columns of which set, what, and how good it is to be.</summary>
    static readonly (string File, TrainingSpecification What)[] s_sets =
    [
        ("flights", TrainFigures.Late with { Derived = [new("late", "if(arr_delay > 15, 1, 0)")] }),
        ("diamonds", new() { Algorithm = "LightGbm", Label = "price" }),
        ("adult", BoostSets.Adult),
        ("bike-hour", BoostSets.BikeHour),
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
        var (ours, library, forest) = (new List<Time>(), new List<Time>(), new List<Time>());
        double[] quality = [], libraryQuality = [], forestQuality = [];
        LibraryRows? rows = null;
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(await TimeAsync(() => TrainAsync(context, train, specification, new())));
            if (rows is null)
            {
                var (model, parameters) = await LoadAsync(context);
                quality = await QualityAsync(context, model, parameters, test);
                rows = await RowsAsync(context, train, model);
                var others = await RowsAsync(context, test, model);
                HistGradientBoosting.Write(context.Folder, "train", rows.Values, rows.Labels);
                HistGradientBoosting.Write(context.Folder, "test", others.Values, others.Labels);
                var text = Native(rows, specification);
                libraryQuality = await QualityAsync(context, model,
                    parameters.ToDictionary(p => p.Key, p => p.Key == LightGbmAlgorithm.TextName ? new Scalar(text) : p.Value), test);
            }
            var (values, labels) = (rows.Values, rows.Labels);
            library.Add(await TimeAsync(() => Task.FromResult(Native(values, labels, rows, specification))));
            if (await HistGradientBoosting.FitAsync(context.Folder, rows.Classes, Trees, Leaves, rows.CategoricalColumns) is not { } fit)
                continue;
            forest.Add(new(fit.Wall, fit.Cpu));
            forestQuality = fit.Quality;
        }
        Print($"{file}, {train.Rows:N0} rows in Redis | LightGBM's library, rows in memory", ours, library, "0.77");
        if (forest.Count > 0) Print($"{file} | scikit-learn's HistGradientBoosting, rows in memory", ours, forest, "1");
        else Console.WriteLine($"  {file}: scikit-learn not measured (needs python3-sklearn)");
        string name = quality.Length == 2 ? "accuracy and AUC" : "R²";
        BenchmarkContext.Demand(quality.Zip(libraryQuality).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance),
            $"{name} on the test rows {Text(quality)}, within {Tolerance} of the library's {Text(libraryQuality)}; " +
            $"scikit-learn's {Text(forestQuality)}");
    }

    static string Text(double[] quality) => string.Join(", ", quality.Select(value => $"{value:0.0000}"));

    /// <summary>Seconds by the clock, and of all threads of the process.</summary>
    readonly record struct Time(double Wall, double Cpu);

    static async Task<Time> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        double wall = await BenchmarkContext.TimeAsync(work);
        process.Refresh();
        return new(wall, (process.TotalProcessorTime - cpu).TotalSeconds);
    }

    /// <summary>The first round warms up and doesn't count.</summary>
    static void Print(string work, List<Time> ours, List<Time> theirs, string goal)
    {
        var (counted, rival) = (ours.Skip(1).ToList(), theirs.Skip(1).ToList());
        BenchmarkContext.Print(work, $"{BenchmarkContext.Median(counted.Select(t => t.Wall)):0.000}",
            $"{BenchmarkContext.Median(rival.Select(t => t.Wall)):0.000}",
            BenchmarkContext.Median(counted.Zip(rival, (o, t) => t.Wall / o.Wall)), goal);
        Console.WriteLine($"    of all threads {BenchmarkContext.Median(counted.Select(t => t.Cpu)):0.000}, " +
            $"{BenchmarkContext.Median(rival.Select(t => t.Cpu)):0.000}: " +
            $"ratio {BenchmarkContext.Median(counted.Zip(rival, (o, t) => t.Cpu / o.Cpu)):0.00}");
    }

    static async Task<LibraryRows> RowsAsync(BenchmarkContext context, Dataset dataset, Model model)
    {
        var rows = new LibraryRows(model.Definition!.RequirePipeline());
        await foreach (var chunk in new DatasetReader(context.Connection).ReadAsync(dataset, cancellation: default))
        {
            using (chunk) rows.Add(chunk.Batch);
        }
        return rows;
    }

    static string Native(LibraryRows rows, TrainingSpecification specification) =>
        Native(rows.Values, rows.Labels, rows, specification);

    /// <summary>The library alone, as it chooses itself: without what makes bits the same for any number of threads.</summary>
    static string Native(double[] values, float[] labels, LibraryRows rows, TrainingSpecification specification) =>
        NativeLightGbm.Train(values, labels, null, new BoostingOptions(specification).ToParameters(rows.Classes, rows.CategoricalColumns)
            .Replace(" deterministic=true", "").Replace(" force_col_wise=true", ""), Trees, booster => booster.Save(0, -1));

    /// <summary>Accuracy and AUC, or R², on the rows of a dataset.</summary>
    static async Task<double[]> QualityAsync(
        BenchmarkContext context, Model model, IReadOnlyDictionary<string, ParameterValue> parameters, Dataset test)
    {
        var result = await new ModelEvaluator(ModelFamilies.Load(model, parameters)).EvaluateAsync(
            new DatasetReader(context.Connection).ReadAsync(test, cancellation: default), default);
        return result is ClassificationResult classes ? [classes.Accuracy!.Value, classes.Auc!.Value]
            : [((RegressionResult)result).R2!.Value];
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

    static async Task<(Model Model, IReadOnlyDictionary<string, ParameterValue> Parameters)> LoadAsync(BenchmarkContext context)
    {
        var store = new ModelStore(context.Connection);
        var model = await store.GetAsync("boosted", null, default);
        return (model, (await store.ReadParametersAsync(model, null, default)).ToDictionary());
    }
}
