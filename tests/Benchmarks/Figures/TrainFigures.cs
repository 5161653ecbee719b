using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Importing;
using RedisML.Runs;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Training beside scikit-learn, and two workers beside one.</summary>
static partial class TrainFigures
{
    const int WorkerRounds = 8;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Training (seconds)");
        await FlightsAsync(context);
        Console.WriteLine();
    }

    /// <summary>The logistic model of a late arrival, as in the reference results.</summary>
    public static TrainingSpecification Late { get; } = new()
    {
        Algorithm = "Logistic",
        Label = "late",
        Derived = [new("late", "arr_delay > 15")],
        Features = ["dep_delay", "distance", "air_time", "month", "hour", "carrier", "origin"],
    };

    /// <summary>A fifth of the rows for the test.</summary>
    public static async Task<(Dataset Train, Dataset Test)> SplitAsync(BenchmarkContext context, string name, int seed)
    {
        var store = new DatasetStore(context.Connection);
        var options = new DatasetSplitOptions { Parts = SplitPart.TrainAndTest(0.2), Seed = seed, Force = true };
        await new DatasetSplit(context.Connection).RunAsync(await store.GetAsync(name), options, null, default);
        return (await store.GetAsync($"{name}-train"), await store.GetAsync($"{name}-test"));
    }

    static async Task FlightsAsync(BenchmarkContext context)
    {
        if (BenchmarkContext.Shared("data/flights.csv.gz") is not { } path) return;
        await DatasetImport.RunAsync(context.Connection, path, new() { Dataset = "flights" }, null, default);
        var (train, _) = await SplitAsync(context, "flights", seed: 42);

        var ours = new List<double>();
        TrainingRun run = null!;
        for (int round = 0; round < 6; round++)
        {
            long start = Stopwatch.GetTimestamp();
            run = await TrainAsync(context, train, Late, Environment.ProcessorCount);
            ours.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        double warm = BenchmarkContext.Median(ours.Skip(1));
        var work = $"logistic, flights, {run.RowsUsed:N0} rows, warm | scikit-learn's fit";
        var output = BenchmarkContext.Shared("peers/train.py") is { } script
            ? await BenchmarkContext.TryRunAsync("/usr/bin/python3", script, "flights-late") : null;
        if (output is null || !FitTime().IsMatch(output))
            Console.WriteLine($"  {work}: ours {warm:0.000}, scikit-learn not measured (needs python3-sklearn, python3-pandas)");
        else
        {
            double theirs = double.Parse(FitTime().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
            BenchmarkContext.Print(work, $"{warm:0.000}", $"{theirs:0.000}", theirs / warm, "8");
        }
        Console.WriteLine($"    from rows in Redis to parameters in Redis; cold {ours[0]:0.000}; " +
            $"training loss {run.Loss:0.000000}, {run.Step} iterations");
    }

    /// <summary>The shortest of some rounds each: two workers need both cores, and whatever else runs slows them down most.</summary>
    public static async Task WorkersAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Workers (seconds)");
        var path = SampleFiles.Numeric(context.Folder, 220);
        await ImportFigures.ImportAsync(context, path, ChunkCompression.None);
        var dataset = await new DatasetStore(context.Connection).GetAsync("benchmark");
        var specification = new TrainingSpecification
        {
            Algorithm = "Logistic",
            Label = "high",
            Derived = [new("high", "f1 + 3 * f2 + 60 * sin(i1) > 0")],
            Features = ["f1", "f2", "f3", "f4", "f5", "i1", "i2", "i3"],
            Categories = ["i3"],
            MaxIteration = 20,
        };
        var (two, one) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < WorkerRounds; round++)
        {
            two = Math.Min(two, await OptimizationTimeAsync(context, dataset, specification, 2));
            one = Math.Min(one, await OptimizationTimeAsync(context, dataset, specification, 1));
        }
        BenchmarkContext.Print($"two workers | one, {dataset.Rows:N0} rows, loading excluded", $"{two:0.000}", $"{one:0.000}", one / two,
            "1.8");
        Console.WriteLine();
    }

    /// <summary>From the first evaluation of the loss to the end.</summary>
    static async Task<double> OptimizationTimeAsync(BenchmarkContext context, Dataset dataset, TrainingSpecification specification,
        int workers)
    {
        await using var chunks = DatasetTrainingChunks.Start(context.Connection, dataset);
        var progress = new FirstIteration();
        await new TrainingSession(specification, [.. dataset.Columns.Select(c => c.Schema)], chunks, workers, progress).RunAsync(default);
        return Stopwatch.GetElapsedTime(progress.Start).TotalSeconds;
    }

    public static async Task<TrainingRun> TrainAsync(BenchmarkContext context, Dataset dataset, TrainingSpecification specification,
        int workers)
    {
        var training = await ModelTraining.StartAsync(context.Connection, dataset, "benchmark", specification, workers, new(), default);
        for (int i = 0; i < workers; i++)
        {
            int worker = i;
            new Thread(() => training.Work(worker, default)) { IsBackground = true }.Start();
        }
        return await training.Completion;
    }

    [GeneratedRegex(@"fit\s+([\d.]+) s")]
    private static partial Regex FitTime();

    sealed class FirstIteration : IProgress<RunProgress>
    {
        public long Start { get; private set; }

        public void Report(RunProgress value)
        {
            if (Start == 0 && value.Iteration > 0) Start = Stopwatch.GetTimestamp();
        }
    }
}
