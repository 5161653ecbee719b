using System.Text;
using RedisML.Datasets;
using RedisML.Importing;

namespace RedisML.Benchmarks.Figures;

/// <summary>Import as a Redis hash a row, beside redis-cli --pipe fed with the same commands, made beforehand.</summary>
static class HashFigures
{
    public static async Task RunAsync(BenchmarkContext context)
    {
        if (BenchmarkContext.Shared("data/flights.csv.gz") is not { } compressed) return;
        BenchmarkContext.Heading("Import, a Redis hash a row (rows/s)");
        var path = SampleFiles.Unpacked(compressed, context.Folder);
        var options = new ImportOptions { Dataset = "benchmark", Layout = DatasetLayout.Hash };
        long rows = (await DatasetImport.RunAsync(context.Connection, path, options, null, default)).RowsWritten;
        var commands = Path.Combine(context.Folder, "flights.resp");
        await WriteCommandsAsync(context, commands);

        var (ours, theirs, ratio) = await BenchmarkContext.CompareAsync(
            () => DatasetImport.RunAsync(context.Connection, path, options, null, default),
            async () => _ = await BenchmarkContext.TryRunAsync("sh", "-c", $"redis-cli -p {context.Port} --pipe < '{commands}'")
                ?? throw new InvalidOperationException("redis-cli failed."),
            () => BenchmarkContext.TryRunAsync("redis-cli", "-p", $"{context.Port}", "flushall"));
        BenchmarkContext.Print("flights.csv | redis-cli --pipe, commands made beforehand", $"{rows / ours:N0}", $"{rows / theirs:N0}",
            ratio, "0.8");
        await new DatasetStore(context.Connection).RemoveAsync("benchmark");
        Console.WriteLine();
    }

    /// <summary>The import's own rows as commands, under keys of their own of the same length.</summary>
    static async Task WriteCommandsAsync(BenchmarkContext context, string path)
    {
        var dataset = await new DatasetStore(context.Connection).GetAsync("benchmark");
        await using var file = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20) { NewLine = "\r\n" };
        long row = 0;
        await foreach (var chunk in new DatasetReader(context.Connection).ReadAsync(dataset))
            using (chunk)
                for (int i = 0; i < chunk.Rows; i++)
                {
                    List<string> words = ["HSET", $"redisml:dataset:cli-pipe!:row:{++row}"];
                    for (int column = 0; column < dataset.Columns.Count; column++)
                        if (chunk.Value(column, i, dataset.Columns[column].Type) is { } value)
                            words.AddRange([dataset.Columns[column].Name, FormattableString.Invariant($"{value}")]);
                    file.WriteLine($"*{words.Count}");
                    foreach (var word in words)
                    {
                        file.WriteLine($"${Encoding.UTF8.GetByteCount(word)}");
                        file.WriteLine(word);
                    }
                }
    }
}
