using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RedisML.Benchmarks.Rivals;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Benchmarks.Figures;

/// <summary>Networks beside scikit-learn's MLPClassifier, of the same layers on the same rows, to the same loss; and products of
/// matrices beside the machine's peak.</summary>
static class NetworkFigures
{
    /// <summary>Prints the seconds of a fit, the accuracy on the test rows, and the loss of each pass.</summary>
    const string Rival = """
        import sys, time, warnings
        import numpy as np, pandas as pd
        from sklearn.neural_network import MLPClassifier
        from sklearn.preprocessing import StandardScaler
        warnings.filterwarnings('ignore')
        train, test = (pd.read_csv(path) for path in sys.argv[1:3])
        y, t = train.pop('label'), test.pop('label')
        start = time.perf_counter()
        scale = StandardScaler().fit(train)
        X = scale.transform(train).astype(np.float32)
        model = MLPClassifier(hidden_layer_sizes=(100,), max_iter=200, random_state=0).fit(X, y)
        seconds = time.perf_counter() - start
        accuracy = model.score(scale.transform(test).astype(np.float32), t)
        print(seconds, accuracy, *model.loss_curve_)
        """;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Networks (seconds)");
        Products();
        await CompareAsync(context, "letters", NetworkSets.WriteLetters(context.Folder));
        await CompareAsync(context, "shuttle", NetworkSets.WriteShuttle(context.Folder));
        Console.WriteLine();
    }

    /// <summary>One thread, beside what its two multipliers of eight lanes could do were nothing else to be done.</summary>
    static void Products()
    {
        const int rows = 200, depth = 256, columns = 256;
        var (a, b, c) = (new float[rows * depth], new float[depth * 272], new float[rows * 272]);
        Array.Fill(a, 0.5f);
        Array.Fill(b, 0.25f);
        double ours = double.MaxValue, peak = double.MaxValue;
        for (int round = 0; round < 30; round++)
        {
            long start = Stopwatch.GetTimestamp();
            MatrixProduct.Multiply(rows, columns, depth, a, depth, 1, b, 272, c, 272);
            ours = Math.Min(ours, Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
            Spin(c, (long)rows * depth * columns);
            peak = Math.Min(peak, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        BenchmarkContext.Print($"product of [{rows}, {depth}] and [{depth}, {columns}] | products alone", $"{ours:0.0000}",
            $"{peak:0.0000}", peak / ours, "0.5");
    }

    /// <summary>So many multiplications and additions in registers, in twelve chains.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    static void Spin(float[] result, long products)
    {
        var x = System.Runtime.Intrinsics.Vector256.Create(0.999f);
        var (s0, s1, s2, s3, s4, s5) = (x, x, x, x, x, x);
        var (s6, s7, s8, s9, s10, s11) = (x, x, x, x, x, x);
        for (long i = products / (12 * SingleLanes.Count); i > 0; i--)
        {
            s0 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s0, x, x);
            s1 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s1, x, x);
            s2 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s2, x, x);
            s3 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s3, x, x);
            s4 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s4, x, x);
            s5 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s5, x, x);
            s6 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s6, x, x);
            s7 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s7, x, x);
            s8 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s8, x, x);
            s9 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s9, x, x);
            s10 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s10, x, x);
            s11 = System.Runtime.Intrinsics.Vector256.FusedMultiplyAdd(s11, x, x);
        }
        result[0] = SingleLanes.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    static async Task CompareAsync(BenchmarkContext context, string name, (string Train, string Test) paths)
    {
        var (trainPath, testPath) = paths;
        await DatasetImport.RunAsync(context.Connection, trainPath, new() { Dataset = name }, null, default);
        await DatasetImport.RunAsync(context.Connection, testPath, new() { Dataset = $"{name}-test" }, null, default);
        var store = new DatasetStore(context.Connection);
        var dataset = await store.GetAsync(name);
        var specification = new TrainingSpecification
        {
            Algorithm = "Network",
            Label = "label",
            L2 = ((IAlgorithm)ModelFamilies.Get("Network")).Defaults.L2,
            Options = new Dictionary<string, JsonElement> { ["Layers"] = JsonSerializer.SerializeToElement(100) },
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        await using var chunks = DatasetTrainingChunks.Start(context.Connection, dataset);
        var curve = new Curve();
        var result = await new TrainingSession(
            specification, [.. dataset.Columns.Select(c => c.Schema)], chunks, Environment.ProcessorCount, curve).RunAsync(default);
        var test = await store.GetAsync($"{name}-test");
        double accuracy = await AccuracyAsync(context, specification, result, test);
        string note = $"    ours: {curve.Points.Count} passes in {curve.Points[^1].Seconds:0.00}, loss {curve.Points[^1].Loss:0.0000}";
        var output = await BenchmarkContext.TryRunAsync("/usr/bin/python3", "-c", Rival, trainPath, testPath);
        string work = $"{name}, {dataset.Rows:N0} rows, layers of 100, to the same loss";
        if (output is null)
        {
            Console.WriteLine($"  {work}: scikit-learn not measured (needs python3-sklearn, python3-pandas)");
            Console.WriteLine($"{note}, accuracy {accuracy:0.0000}");
            return;
        }
        double[] theirs = [.. output.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        double[] losses = theirs[2..];
        double target = Math.Max(losses.Min(), curve.Points.Min(point => point.Loss));
        double ourTime = curve.Points.First(point => point.Loss <= target).Seconds;
        double theirTime = theirs[0] * (Array.FindIndex(losses, loss => loss <= target) + 1) / losses.Length;
        BenchmarkContext.Print(work, $"{ourTime:0.00}", $"{theirTime:0.00}", theirTime / ourTime, "3");
        BenchmarkContext.Print($"{name}, accuracy on {test.Rows:N0} other rows at the end", $"{accuracy:0.0000}", $"{theirs[1]:0.0000}",
            accuracy / theirs[1], "1");
        Console.WriteLine(note);
        Console.WriteLine($"    scikit-learn: {losses.Length} passes in {theirs[0]:0.00}, loss {losses[^1]:0.0000}");
    }

    static async Task<double> AccuracyAsync(
        BenchmarkContext context, TrainingSpecification specification, TrainingResult result, Dataset test)
    {
        var model = new Model
        {
            Name = "network",
            Version = 1,
            Created = DateTimeOffset.UnixEpoch,
            Parameters = [],
            Definition = new()
            {
                Algorithm = specification.Algorithm,
                Task = result.Task,
                Pipeline = result.Pipeline,
                Options = specification.OptionsAsJson(),
                Lineage = new() { Dataset = test.Name, DatasetVersion = 1, Run = "", RowsUsed = result.RowsUsed, Trained = default },
            },
        };
        var evaluation = await new ModelEvaluator(ModelFamilies.Load(model, result.Parameters))
            .EvaluateAsync(new DatasetReader(context.Connection).ReadAsync(test, cancellation: default), default);
        return ((ClassificationResult)evaluation).Accuracy!.Value;
    }

    sealed class Curve : IProgress<RunProgress>
    {
        readonly long _start = Stopwatch.GetTimestamp();

        public List<(double Seconds, double Loss)> Points { get; } = [];

        public void Report(RunProgress value)
        {
            if (value.Iteration > 0) Points.Add((Stopwatch.GetElapsedTime(_start).TotalSeconds, value.Loss));
        }
    }
}
