using RedisML.Datasets;
using RedisML.Datasets.Importing;
using RedisML.Datasets.Splitting;
using RedisML.Evaluation;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>
/// Real data, trained and tested as scikit-learn was, 80/20. Its results, of one split, stand beside the means of ours over five, since a
/// single split moves even a set of 30,000 rows by half a point.
/// </summary>
static class References
{
    static readonly int[] s_seeds = [42, 43, 44, 45, 46];

    static readonly Reference[] s_references =
    [
        Regression("flights", "arr_delay", 0.880, 15.35) with { Features = TrainFigures.Late.Features },
        Classification("flights", "late", Algorithm.Logistic, 0.9135, 0.935) with { Features = TrainFigures.Late.Features, Derived = TrainFigures.Late.Derived },
        Regression("diamonds", "price", 0.919, 1135),
        Regression("diamonds", "logprice", 0.9735, null) with { Derived = [new DerivedColumn("logprice", "log(price)")] },
        Classification("adult", "income-per-year", Algorithm.Logistic, 0.856, 0.910),
        Regression("bike-hour", "cnt", 0.6815, 100.4) with
        {
            Features = ["season", "yr", "mnth", "hr", "holiday", "weekday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed"],
            Categories = ["season", "mnth", "hr", "weekday", "weathersit"],
        },
        Classification("digits", "target", Algorithm.Softmax, 0.972, null),
        Classification("iris", "target", Algorithm.Softmax, 0.933, null),
        Classification("wine", "target", Algorithm.Softmax, 0.972, null),
        Classification("breast_cancer", "target", Algorithm.Logistic, 0.9825, null),
        Regression("diabetes", "target", 0.454, null),
    ];

    public static async Task RunAsync(BenchmarkContext context)
    {
        Console.WriteLine($"Reference results: the mean of {s_seeds.Length} splits ± their deviation | scikit-learn's, of one split");
        Console.WriteLine($"  {"set",-14} {"label",-16} {"rows",8}  {"R2",15} | {"",6}  {"RMSE",17} | {"",7}  {"accuracy",15} | {"",6}  {"AUC",15} | {"",5}  {"train loss",14}");
        foreach (var reference in s_references) await RunAsync(context, reference);
        Console.WriteLine();
    }

    static async Task RunAsync(BenchmarkContext context, Reference reference)
    {
        if ((BenchmarkContext.Shared($"data/{reference.Set}.csv.gz") ?? BenchmarkContext.Shared($"data/{reference.Set}.csv")) is not { } path) return;
        await DatasetImport.RunAsync(context.Connection, path, new() { Dataset = reference.Set }, null, default);
        var results = new List<EvaluationResult>();
        TrainingRun run = null!;
        foreach (int seed in s_seeds)
        {
            (run, var result) = await TrainAndTestAsync(context, reference, seed);
            results.Add(result);
        }
        Console.WriteLine($"  {reference.Set,-14} {reference.Label,-16} {run.RowsUsed,8:N0}  {Mean(r => r.R2, 4)} | {reference.R2,6:0.0000}  {Mean(r => r.Rmse, 2)} | {reference.Rmse,7:0.00}  " +
            $"{Mean(r => r.Accuracy, 4)} | {reference.Accuracy,6:0.0000}  {Mean(r => r.Auc, 4)} | {reference.Auc,5:0.000}  {run.Loss,14:0.000000}");

        string Mean(Func<EvaluationResult, double?> figure, int digits)
        {
            var values = results.Select(figure).OfType<double>().ToArray();
            int width = digits == 4 ? 15 : 17;
            if (values.Length == 0) return new string(' ', width);
            double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            return $"{mean.ToString($"F{digits}")} ± {deviation.ToString($"F{digits}")}".PadLeft(width);
        }
    }

    static async Task<(TrainingRun Run, EvaluationResult Result)> TrainAndTestAsync(BenchmarkContext context, Reference reference, int seed)
    {
        var store = new DatasetStore(context.Connection);
        var options = new DatasetSplitOptions { Parts = SplitPart.TrainAndTest(0.2), Seed = seed, Force = true };
        await new DatasetSplit(context.Connection).RunAsync(await store.GetAsync(reference.Set), options, null, default);
        var (train, test) = (await store.GetAsync($"{reference.Set}-train"), await store.GetAsync($"{reference.Set}-test"));
        var specification = new TrainingSpecification
        {
            Algorithm = reference.Algorithm,
            Label = reference.Label,
            Features = reference.Features,
            Categories = reference.Categories,
            Derived = reference.Derived,
        };
        var run = await TrainFigures.TrainAsync(context, train, specification, Environment.ProcessorCount);
        var models = new ModelStore(context.Connection);
        var model = await models.GetAsync(run.Model, run.ModelVersion, default);
        var predictor = new Predictor(model.Definition!, await LinearParameters.ReadAsync(models, model, default));
        return (run, await new ModelEvaluator(predictor).EvaluateAsync(new DatasetReader(context.Connection).ReadAsync(test), default));
    }

    static Reference Regression(string set, string label, double r2, double? rmse) => new(set, label, Algorithm.Linear, r2, rmse, null, null);

    static Reference Classification(string set, string label, Algorithm algorithm, double accuracy, double? auc) =>
        new(set, label, algorithm, null, null, accuracy, auc);

    sealed record Reference(string Set, string Label, Algorithm Algorithm, double? R2, double? Rmse, double? Accuracy, double? Auc)
    {
        public IReadOnlyList<string>? Features { get; init; }

        public IReadOnlyList<string> Categories { get; init; } = [];

        public IReadOnlyList<DerivedColumn> Derived { get; init; } = [];
    }
}
