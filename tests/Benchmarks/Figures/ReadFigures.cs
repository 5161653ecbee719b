using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Datasets;

namespace RedisML.Benchmarks.Figures;

/// <summary>Reading a dataset into memory beside getting the same bytes.</summary>
static class ReadFigures
{
    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Reading a dataset into training memory (rates of stored bytes)");
        var path = SampleFiles.Numeric(context.Folder, 220);
        foreach (var (compression, goal) in ((ChunkCompression, string)[])[(ChunkCompression.None, "0.5"), (ChunkCompression.Lz4, "0.25")])
            await CompareAsync(context, path, compression, goal);
        Console.WriteLine();
    }

    static async Task CompareAsync(BenchmarkContext context, string path, ChunkCompression compression, string goal)
    {
        await ImportFigures.ImportAsync(context, path, compression);
        var dataset = await new DatasetStore(context.Connection).GetAsync("benchmark");
        var keys = new List<string>();
        foreach (var page in dataset.Pages)
            keys.AddRange((await new DatasetStore(context.Connection).PageAsync(dataset, page, default)).Select(e => e.Key));
        double size = dataset.StoredBytes / 1e6;
        var (ours, rival, ratio) = await BenchmarkContext.CompareAsync(() => ReadAsync(context, dataset), () => GetAsync(context, keys));
        BenchmarkContext.Print($"every column as numbers, {compression} | GET of the chunks", $"{size / ours:N0} MB/s",
            $"{size / rival:N0} MB/s", ratio, goal);
    }

    /// <summary>Decodes every value to a double, on as many threads as training would use.</summary>
    static async Task ReadAsync(BenchmarkContext context, Dataset dataset)
    {
        await using var chunks = Training.DatasetTrainingChunks.Start(context.Connection, dataset);
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() =>
        {
            while (chunks.Take(default) is { } chunk)
                using (chunk)
                using (var decoder = new ColumnDecoder())
                    for (int i = 0; i < chunk.Batch.ColumnCount; i++)
                        decoder.Decode(chunk.Batch.Column(i), dataset.Columns[i].Name);
        })));
    }

    /// <summary>Gets the values with a window of 16 in flight, which is as fast as a raw socket.</summary>
    static async Task GetAsync(BenchmarkContext context, List<string> keys)
    {
        var window = new Queue<Task<StackExchange.Redis.Lease<byte>?>>();
        foreach (var key in keys)
        {
            if (window.Count == 16) (await window.Dequeue())!.Dispose();
            window.Enqueue(context.Connection.Database.StringGetLeaseAsync(key));
        }
        while (window.Count > 0) (await window.Dequeue())!.Dispose();
    }
}
