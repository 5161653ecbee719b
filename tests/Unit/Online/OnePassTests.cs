using System.Globalization;
using System.IO.Compression;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Online;
using RedisML.Prediction;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Online;

/// <summary>What online training is worth, beside training in batch.</summary>
public sealed class OnePassTests(EmbeddedServerFixture embedded)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One pass over the samples beside as many as it takes, on rows that neither has seen.</summary>
    [Theory]
    [InlineData("adult", "income-per-year")]
    [InlineData("flights", "late")]
    public async Task What_is_learned_in_one_pass_is_as_good_as_in_batch(string name, string label)
    {
        var lines = await SamplesAsync(name);
        new Random(42).Shuffle(lines.AsSpan(1));
        int cut = lines.Length * 4 / 5;
        await using var connection = await embedded.ConnectAsync();
        using var folder = new TemporaryFolder();
        foreach (var (part, rows) in new[] { ("train", lines[..cut]), ("test", [lines[0], .. lines[cut..]]) })
            await DatasetImport.RunAsync(connection, folder.Write($"{part}.csv", string.Join('\n', rows)), new() { Dataset = part }, null,
                Cancellation);
        var datasets = new DatasetStore(connection);
        var training = await ModelTraining.StartAsync(connection, await datasets.GetAsync("train", null, Cancellation), "batch",
            new() { Algorithm = "Logistic", Label = label }, workerCount: 1, new(), Cancellation);
        training.Work(0, Cancellation);
        await training.Completion;

        string[] columns = lines[0].Split(',');
        var writer = new SampleWriter(connection, SampleSourceKind.List, "s");
        foreach (string line in lines[1..cut])
        {
            writer.Send(line.Split(',').Select((value, i) => new KeyValuePair<string, object?>(columns[i], value)));
            if (writer.IsFull) await writer.DrainAsync(Cancellation);
        }
        await writer.FlushAsync(Cancellation);
        var trainer = await OnlineTrainer.StartAsync(connection,
            new() { Model = "m", SourceKind = SampleSourceKind.List, Source = "s", Algorithm = "Logistic", Label = label },
            new() { Once = true }, Cancellation);
        await trainer.Completion.WaitAsync(Patience.Event, Cancellation);
        Assert.InRange(await AccuracyAsync("m"), await AccuracyAsync("batch") - 0.005, 1);

        async Task<double> AccuracyAsync(string model)
        {
            var found = await new ModelStore(connection).GetAsync(model, null, Cancellation);
            var dataset = await datasets.GetAsync("test", null, Cancellation);
            var predictor = await ModelFamilies.LoadAsync(new(connection), found, Cancellation);
            var rows = new DatasetReader(connection).ReadAsync(dataset, cancellation: Cancellation);
            return ((ClassificationResult)await new ModelEvaluator(predictor).EvaluateAsync(rows, Cancellation)).Accuracy!.Value;
        }
    }

    /// <summary>Lines of CSV with their header; of flights those that are whole, by the columns of the reference.</summary>
    static async Task<string[]> SamplesAsync(string name)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(SharedData.Path($"{name}.csv.gz")), CompressionMode.Decompress));
        var lines = (await file.ReadToEndAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (name == "adult") return lines;
        string[] features = ["dep_delay", "distance", "air_time", "month", "hour", "carrier", "origin"], header = lines[0].Split(',');
        int[] places = [.. features.Append("arr_delay").Select(column => Array.IndexOf(header, column))];
        return
        [
            $"{string.Join(',', features)},late",
            .. lines.Skip(1).Select(line => line.Split(',')).Where(fields => places.All(place => fields[place] != ""))
                .Select(fields => string.Join(',', places.SkipLast(1).Select(place => fields[place]))
                    + (int.Parse(fields[places[^1]], CultureInfo.InvariantCulture) > 15 ? ",yes" : ",no")),
        ];
    }
}
