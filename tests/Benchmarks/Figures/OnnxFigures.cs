using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.OnnxRuntime;
using RedisML.Prediction;
using RedisML.Training;

namespace RedisML.Benchmarks.Figures;

/// <summary>Prediction by a model in ONNX, beside ONNX Runtime's own loop over the same values.</summary>
static class OnnxFigures
{
    const int Runs = 2_000;

    public static async Task RunAsync(BenchmarkContext context)
    {
        if (BenchmarkContext.Shared("data/bike-hour.csv.gz") is not { } path) return;
        BenchmarkContext.Heading("ONNX prediction (rows/s)");
        new OnnxRuntimeExtension().Register();
        await DatasetImport.RunAsync(context.Connection, path, new() { Dataset = "bike" }, null, default);
        var specification = new TrainingSpecification
        {
            Algorithm = "Linear",
            Label = "cnt",
            Features = ["temp", "atemp", "hum", "windspeed", "hr", "mnth", "weekday"],
        };
        var models = new ModelStore(context.Connection);
        var dataset = await new DatasetStore(context.Connection).GetAsync("bike");
        var trained = await TrainFigures.TrainAsync(context, dataset, specification, Environment.ProcessorCount);
        var file = Path.Combine(context.Folder, "bike.onnx");
        await ModelExport.WriteAsync(models, await models.GetAsync(trained.Model, null, default), ModelFormat.Onnx, file, true, default);
        var read = await ModelImport.ReadAsync(file, null, new(), default);
        var predictor = await ModelFamilies.LoadAsync(models,
            await models.ImportAsync("bike-onnx", read.Definition, read.Parameters, default), default);

        foreach (int rows in (int[])[1, 4096])
        {
            int runs = rows == 1 ? Runs : 100;
            var buffer = new RowBuffer(predictor.Signature);
            var random = new Random(1);
            var columns = buffer.Inputs.Select(_ => new double[rows]).ToArray();
            for (int row = 0; row < rows; row++)
            {
                foreach (var column in columns) column[row] = random.Next(100) / 100.0;
                if (buffer.TryAdd([.. columns.Select(column => (object?)column[row])]) is { } problem)
                    throw new InvalidOperationException(problem);
            }
            using var options = new SessionOptions { IntraOpNumThreads = 1 };
            using var session = new InferenceSession(file, options);
            using var run = new RunOptions();
            var (ours, theirs, ratio) = await BenchmarkContext.CompareAsync(
                () =>
                {
                    for (int i = 0; i < runs; i++)
                    {
                        using var batch = buffer.ToBatch();
                        _ = predictor.Predict(batch);
                    }
                    return Task.CompletedTask;
                },
                () =>
                {
                    for (int i = 0; i < runs; i++)
                    {
                        var inputs = columns.Select(column => OrtValue.CreateTensorValueFromMemory(column, [rows, 1])).ToArray();
                        using var outputs = session.Run(run, session.InputNames, inputs, session.OutputNames);
                        foreach (var input in inputs) input.Dispose();
                    }
                    return Task.CompletedTask;
                });
            BenchmarkContext.Print($"{rows.ToString("N0", CultureInfo.InvariantCulture)} rows at once, of seven numbers",
                $"{rows * runs / ours:N0}", $"{rows * runs / theirs:N0}", ratio, "0.77");
        }
        Console.WriteLine();
    }
}
