using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Expressions;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Benchmarks.Figures;

/// <summary>
/// Real data, trained and tested as scikit-learn was, 80/20. Its results, of one split, stand beside the means of ours over five, since a
/// single split moves even a set of 30,000 rows by half a point. Then the same by batches, and by other numbers of workers and processes.
/// </summary>
static class References
{
    static readonly int[] s_seeds = [42, 43, 44, 45, 46];
    static readonly int[] s_workers = [1, 2, 4];
    static readonly int[] s_nodes = [1, 2, 3];
    static readonly Func<EvaluationResult, double?>[] s_figures = [R2, Accuracy, Auc];

    static readonly Reference[] s_references =
    [
        Regression("flights", "arr_delay", 0.880, 15.35) with { Features = TrainFigures.Late.Features },
        Classification("flights", "late", "Logistic", 0.9135, 0.935) with { Features = TrainFigures.Late.Features,
            Derived = TrainFigures.Late.Derived },
        Regression("diamonds", "price", 0.919, 1135),
        Regression("diamonds", "logprice", 0.9735, null) with { Derived = [new DerivedColumn("logprice", "log(price)")] },
        Classification("adult", "income-per-year", "Logistic", 0.856, 0.910),
        Regression("bike-hour", "cnt", 0.6815, 100.4) with
        {
            Features =
                ["season", "yr", "mnth", "hr", "holiday", "weekday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed"],
            Categories = ["season", "mnth", "hr", "weekday", "weathersit"],
        },
        Classification("digits", "target", "Softmax", 0.972, null),
        Classification("iris", "target", "Softmax", 0.933, null),
        Classification("wine", "target", "Softmax", 0.972, null),
        Classification("breast_cancer", "target", "Logistic", 0.9825, null),
        Regression("diabetes", "target", 0.454, null),
    ];

    public static async Task RunAsync(BenchmarkContext context)
    {
        Console.WriteLine($"Reference results: the mean of {s_seeds.Length} splits ± their deviation | scikit-learn's, of one split");
        Console.WriteLine(
            $"  {"set",-14} {"label",-16} {"rows",8}  {"R2",15} | {"",6}  {"RMSE",17} | {"",7}  {"accuracy",15} | {"",6}  {"AUC",15} | " +
            $"{"",5}  {"train loss",14}");
        var others = new List<string>();
        foreach (var reference in s_references)
            if (await ImportAsync(context, reference) is { } dataset) others.Add(await RunAsync(context, reference, dataset));
        Console.WriteLine();
        Console.WriteLine(
            "The same by other ways: the largest difference of R2, accuracy and AUC, as means of those splits (at most 0.01); and " +
            "whether parameters are the same to the bit");
        Console.WriteLine(
            $"  {"set",-14} {"label",-16} {"Sgd",8} {"Adam",8}   " +
            $"{string.Join("  ", s_workers.Select(n => Of(n, "worker")).Concat(s_nodes.Select(n => Of(n, "node process", "es"))))}");
        others.ForEach(Console.WriteLine);
        Console.WriteLine();
    }

    static double? R2(EvaluationResult result) => (result as RegressionResult)?.R2;

    static double? Accuracy(EvaluationResult result) => (result as ClassificationResult)?.Accuracy;

    static double? Auc(EvaluationResult result) => (result as ClassificationResult)?.Auc;

    static string Of(int count, string what, string plural = "s") => $"{count} {what}{(count == 1 ? "" : plural)}";

    static async Task<Dataset?> ImportAsync(BenchmarkContext context, Reference reference)
    {
        if ((BenchmarkContext.Shared($"data/{reference.Set}.csv.gz")
            ?? BenchmarkContext.Shared($"data/{reference.Set}.csv")) is not { } path) return null;
        await DatasetImport.RunAsync(context.Connection, path, new() { Dataset = reference.Set }, null, default);
        return await new DatasetStore(context.Connection).GetAsync(reference.Set);
    }

    /// <summary>Prints the results with L-BFGS.</summary>
    /// <returns>The line about the other ways.</returns>
    static async Task<string> RunAsync(BenchmarkContext context, Reference reference, Dataset dataset)
    {
        var results = new Dictionary<OptimizerKind, List<EvaluationResult>>();
        TrainingRun run = null!;
        var same = new List<bool>();
        foreach (int seed in s_seeds)
        {
            var (train, test) = await TrainFigures.SplitAsync(context, dataset.Name, seed);
            foreach (var kind in Enum.GetValues<OptimizerKind>().Reverse())
            {
                run = await TrainFigures.TrainAsync(context, train, reference.Specification(kind), Environment.ProcessorCount);
                if (!results.TryGetValue(kind, out var ofKind)) results[kind] = ofKind = [];
                ofKind.Add(await TestAsync(context, run, test));
            }
            if (seed == s_seeds[0]) same = await CompareAsync(context, train, reference.Specification(OptimizerKind.Lbfgs));
        }
        var best = results[OptimizerKind.Lbfgs];
        Console.WriteLine(
            $"  {reference.Set,-14} {reference.Label,-16} {run.RowsUsed,8:N0}  {Mean(R2, 4)} | {reference.R2,6:0.0000}  " +
            $"{Mean(r => (r as RegressionResult)?.Rmse, 2)} | {reference.Rmse,7:0.00}  " +
            $"{Mean(Accuracy, 4)} | {reference.Accuracy,6:0.0000}  {Mean(Auc, 4)} | {reference.Auc,5:0.000}  {run.Loss,14:0.000000}");
        return $"  {reference.Set,-14} {reference.Label,-16} {Difference(OptimizerKind.Sgd),8:0.0000} " +
            $"{Difference(OptimizerKind.Adam),8:0.0000}   " +
            string.Join("  ", s_workers.Select(n => Of(n, "worker")).Concat(s_nodes.Select(n => Of(n, "node process", "es")))
                .Zip(same, (name, isSame) => (isSame ? "same" : "DIFFERS").PadRight(name.Length)));

        string Mean(Func<EvaluationResult, double?> figure, int digits)
        {
            var values = best.Select(figure).OfType<double>().ToArray();
            int width = digits == 4 ? 15 : 17;
            if (values.Length == 0) return new string(' ', width);
            double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            return $"{mean.ToString($"F{digits}")} ± {deviation.ToString($"F{digits}")}".PadLeft(width);
        }

        double Difference(OptimizerKind kind) =>
            s_figures.Max(figure => Math.Abs(results[kind].Average(figure) - best.Average(figure) ?? 0));
    }

    /// <summary>Whether other numbers of workers, and of processes, find the parameters that one worker finds.</summary>
    static async Task<List<bool>> CompareAsync(BenchmarkContext context, Dataset train, TrainingSpecification specification)
    {
        var parameters = new List<IReadOnlyList<double>>();
        foreach (int workers in s_workers)
            parameters.Add(await ParametersAsync(context, await TrainFigures.TrainAsync(context, train, specification, workers)));
        foreach (int nodes in s_nodes)
        {
            var training = await ModelTraining.StartAsync(context.Connection, train, "benchmark", specification, 1,
                new() { NodeCount = nodes, MaxNode = nodes }, default);
            new Thread(() => training.Work(0, default)) { IsBackground = true }.Start();
            var others = Enumerable.Range(1, nodes - 1).Select(_ => NodeChild.Start(context, training.Run.Id)).ToList();
            parameters.Add(await ParametersAsync(context, await training.Completion));
            foreach (var other in others) await other.WaitForExitAsync();
        }
        return [.. parameters.Select(p => p.SequenceEqual(parameters[0]))];
    }

    static async Task<IReadOnlyList<double>> ParametersAsync(BenchmarkContext context, TrainingRun run)
    {
        var models = new ModelStore(context.Connection);
        var model = await models.GetAsync(run.Model, run.ModelVersion, default);
        return [.. (await models.ReadParametersAsync(model, null, default)).SelectMany(parameter => parameter.Value.ToDoubles())];
    }

    static async Task<EvaluationResult> TestAsync(BenchmarkContext context, TrainingRun run, Dataset test)
    {
        var models = new ModelStore(context.Connection);
        var model = await models.GetAsync(run.Model, run.ModelVersion, default);
        var predictor = await ModelFamilies.LoadAsync(models, model, default);
        return await new ModelEvaluator(predictor).EvaluateAsync(new DatasetReader(context.Connection).ReadAsync(test), default);
    }

    static Reference Regression(string set, string label, double r2, double? rmse) => new(set, label, "Linear", r2, rmse, null, null);

    static Reference Classification(string set, string label, string algorithm, double accuracy, double? auc) =>
        new(set, label, algorithm, null, null, accuracy, auc);

    sealed record Reference(string Set, string Label, string Algorithm, double? R2, double? Rmse, double? Accuracy, double? Auc)
    {
        public IReadOnlyList<string>? Features { get; init; }

        public IReadOnlyList<string> Categories { get; init; } = [];

        public IReadOnlyList<DerivedColumn> Derived { get; init; } = [];

        public TrainingSpecification Specification(OptimizerKind optimizer) => new()
        {
            Algorithm = Algorithm,
            Label = Label,
            Features = Features,
            Categories = Categories,
            Derived = Derived,
            Optimizer = new() { Kind = optimizer },
        };
    }
}
