using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Predictions of a linear model on flights: from dataset to dataset, through the pipeline, and beside ONNX Runtime.</summary>
static class PredictFigures
{
    const int PipelineObjects = 200_000;

    static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(15);

    /// <summary>The goals: rows a second of two cores, objects a second of a pipeline, ONNX Runtime's time by ours.</summary>
    const double RowsGoal = 5e6, ObjectsGoal = 150_000, OnnxGoal = 1.5;

    /// <summary>How late a flight arrives.</summary>
    static readonly TrainingSpecification s_delay = new()
    {
        Algorithm = "Linear",
        Label = "arr_delay",
        Features = ["dep_delay", "distance", "air_time", "month", "hour", "carrier", "origin"],
    };

    /// <summary>Objects as <c>Import-Csv</c> makes them, predicted one by one.</summary>
    const string PipelineScript = """
        param($connection, $count)
        $null = Connect-RedisML $connection
        $rows = 1..$count | ForEach-Object { [pscustomobject]@{ dep_delay = "$($_ % 90)"; distance = '1400'; air_time = '227'; month = '1'; hour = '5'; carrier = 'UA'; origin = 'EWR' } }
        foreach ($round in 1..4) {
            $watch, $cpu = [Diagnostics.Stopwatch]::StartNew(), [Environment]::CpuUsage.TotalTime
            $rows | Invoke-RedisPrediction delay > $null
            $figures = ($count / $watch.Elapsed.TotalSeconds), ($count / ([Environment]::CpuUsage.TotalTime - $cpu).TotalSeconds)
            ($figures | ForEach-Object { $_.ToString('R', [cultureinfo]::InvariantCulture) }) -join ' '
        }
        """;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Prediction");
        if (BenchmarkContext.Shared("data/flights.csv.gz") is not { } path) return;
        await DatasetImport.RunAsync(context.Connection, path, new() { Dataset = "flights" }, null, default);
        var flights = await new DatasetStore(context.Connection).GetAsync("flights");
        var training = await ModelTraining.StartAsync(context.Connection, flights, "delay", s_delay, 1, new(), default);
        training.Work(0, default);
        await training.Completion;
        var models = new ModelStore(context.Connection);
        var model = await models.GetAsync(new ModelReference("delay"), default);
        await DatasetToDatasetAsync(context, model, flights);
        await PipelineAsync(context);
        await OnnxAsync(context, models, model, flights);
        Console.WriteLine();
    }

    static async Task DatasetToDatasetAsync(BenchmarkContext context, Model model, Dataset flights)
    {
        var (rates, ofProcessor) = (new List<double>(), new List<double>());
        long begin = Stopwatch.GetTimestamp();
        for (int round = 0; rates.Count < 9; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            var result = await new DatasetPrediction(context.Connection)
                .RunAsync(model, flights, $"predicted{round}", new(), force: true, null, default);
            await new DatasetStore(context.Connection).RemoveAsync($"predicted{round}");
            // Until the runtime has compiled what runs often, that takes a good part of the processor.
            if (Stopwatch.GetElapsedTime(begin) < s_warmUp) continue;
            rates.Add(result.RowsPerSecond);
            ofProcessor.Add(result.Rows / (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
        double rate = BenchmarkContext.Median(rates);
        BenchmarkContext.Print($"{flights.Rows:N0} flights from dataset to dataset, rows/s | goal",
            $"{rate:N0}", $"{RowsGoal:N0}", rate / RowsGoal, "1");
        Console.WriteLine($"    a second of processor time: {BenchmarkContext.Median(ofProcessor):N0} rows");
    }

    static async Task PipelineAsync(BenchmarkContext context)
    {
        var script = Path.Combine(context.Folder, "pipeline.ps1");
        await File.WriteAllTextAsync(script, PipelineScript);
        var output = await BenchmarkContext.TryRunAsync(
            "dotnet", BenchmarkContext.Host, script, $"127.0.0.1:{context.Port}", $"{PipelineObjects}")
            ?? throw new InvalidOperationException("The script failed.");
        var figures = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray()).ToList();
        double rate = BenchmarkContext.Median(figures.Select(figure => figure[0]));
        BenchmarkContext.Print("objects of the pipeline, 7 properties of text, objects/s | goal", $"{rate:N0}", $"{ObjectsGoal:N0}",
            rate / ObjectsGoal, "1");
        Console.WriteLine($"    a second of processor time: {BenchmarkContext.Median(figures.Select(figure => figure[1])):N0} objects");
    }

    /// <summary>From values at hand to the predictions as numbers, each in a loop of its own that uses its memory again.</summary>
    static async Task OnnxAsync(BenchmarkContext context, ModelStore models, Model model, Dataset flights)
    {
        var file = Path.Combine(context.Folder, "delay.onnx");
        await ModelExport.WriteAsync(models, model, ModelFormat.Onnx, file, overwrite: true, default);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(file, options);
        var predictor = await ModelFamilies.LoadAsync(models, model, default);
        object?[][] rows = [.. (await RowsAsync(context, flights, predictor.Signature, 4096))];
        foreach (var (count, loops) in new[] { (1, 20_000), (4096, 20) })
        {
            var buffer = new RowBuffer(predictor.Signature);
            using var onnx = new OnnxLoop(session, predictor.Signature.Inputs, count);
            double sum = 0;
            var (ours, theirs, ratio) = await BenchmarkContext.CompareAsync(() => LoopAsync(() =>
            {
                buffer.Clear();
                foreach (var row in rows.AsSpan(0, count)) buffer.TryAdd(row);
                sum += predictor.Predict(buffer.ToBatch()).Values[^1];
            }), () => LoopAsync(() => sum += onnx.Run(rows)));
            BenchmarkContext.Print(
                $"{count:N0} {(count == 1 ? "row" : "rows")} of 7 columns, µs | ONNX Runtime's own loop, one thread each",
                $"{1e6 * ours / loops:0.00}", $"{1e6 * theirs / loops:0.00}", ratio * OnnxGoal, "1");

            Task LoopAsync(Action work)
            {
                for (int i = 0; i < loops; i++) work();
                return Task.CompletedTask;
            }
        }
    }

    static async Task<List<object?[]>> RowsAsync(BenchmarkContext context, Dataset dataset, ModelSignature signature, int count)
    {
        List<object?[]> rows = [];
        int[] columns = [.. signature.Inputs.Select(input =>
            dataset.Columns.Index().First(column => column.Item.Name == input.Name).Index)];
        await foreach (var chunk in new DatasetReader(context.Connection).ReadAsync(dataset, 0, count))
            using (chunk)
                for (int row = 0; row < chunk.Rows && rows.Count < count; row++)
                    rows.Add([.. columns.Select(column => chunk.Value(column, row, dataset.Columns[column].Type))]);
        return rows;
    }

    /// <summary>A session with tensors that are filled again for each run.</summary>
    sealed class OnnxLoop : IDisposable
    {
        readonly InferenceSession _session;
        readonly IReadOnlyList<ColumnSchema> _columns;
        readonly int _count;
        readonly double[]?[] _numbers;
        readonly OrtValue[] _inputs;
        readonly string[] _names;
        readonly RunOptions _options = new();

        public OnnxLoop(InferenceSession session, IReadOnlyList<ColumnSchema> columns, int count)
        {
            (_session, _columns, _count) = (session, columns, count);
            long[] shape = [count, 1];
            _names = [.. columns.Select(column => column.Name)];
            _numbers = [.. columns.Select(column => column.Type.IsText ? null : new double[count])];
            _inputs = [.. _numbers.Select(numbers => numbers is null
                ? OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape)
                : OrtValue.CreateTensorValueFromMemory(numbers, shape))];
        }

        public double Run(object?[][] rows)
        {
            for (int column = 0; column < _columns.Count; column++)
            {
                if (_numbers[column] is { } numbers)
                    for (int row = 0; row < _count; row++)
                        numbers[row] = rows[row][column] is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : double.NaN;
                else
                    for (int row = 0; row < _count; row++) _inputs[column].StringTensorSetElementAt((string?)rows[row][column] ?? "", row);
            }
            using var outputs = _session.Run(_options, _names, _inputs, _session.OutputNames);
            return outputs[0].GetTensorDataAsSpan<double>()[^1];
        }

        public void Dispose()
        {
            foreach (var input in _inputs) input.Dispose();
            _options.Dispose();
        }
    }
}
