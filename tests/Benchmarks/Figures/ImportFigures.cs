using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Importing;

namespace RedisML.Benchmarks.Figures;

/// <summary>Import beside parsing alone, inflating alone, and what a Python script does.</summary>
static class ImportFigures
{
    const int Megabytes = 220;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Import (rates of source bytes)");
        var path = SampleFiles.Numeric(context.Folder, Megabytes);
        double size = new FileInfo(path).Length / 1e6;
        foreach (var (compression, goal) in ((ChunkCompression, string)[])[(ChunkCompression.None, "0.8"), (ChunkCompression.Lz4, "0.5")])
            await CompareAsync($"numeric CSV, {compression} | CsvHelper parsing, one core", goal, path, compression, size, () =>
                Parse(path));
        var gzip = SampleFiles.Gzip(path);
        await CompareAsync("the same, gzip, Lz4 | inflating", "0.8", gzip, ChunkCompression.Lz4, size, () => Inflate(gzip));
        await FlightsAsync(context);
        Console.WriteLine();

        async Task CompareAsync(string work, string goal, string file, ChunkCompression compression, double megabytes, Action rival)
        {
            var (ours, theirs, ratio) = await BenchmarkContext.CompareAsync(
                () => ImportAsync(context, file, compression), () => Task.Run(rival), () =>
                    new DatasetStore(context.Connection).RemoveAsync("benchmark"));
            BenchmarkContext.Print(work, $"{megabytes / ours:N0} MB/s", $"{megabytes / theirs:N0} MB/s", ratio, goal);
        }
    }

    public static Task<ImportResult> ImportAsync(BenchmarkContext context, string path, ChunkCompression compression) =>
        DatasetImport.RunAsync(context.Connection, path, new() { Dataset = "benchmark", Compression = compression, Force = true }, null,
            default);

    static async Task FlightsAsync(BenchmarkContext context)
    {
        if (BenchmarkContext.Shared("data/flights.csv.gz") is not { } compressed) return;
        var path = SampleFiles.Unpacked(compressed, context.Folder);
        var script = Path.Combine(BenchmarkContext.ProjectRoot, "tests", "Benchmarks", "Rivals", "redis_py.py");
        var output = await BenchmarkContext.TryRunAsync("/usr/bin/python3", script, path, $"{context.Port}");
        if (output is null)
        {
            Console.WriteLine("  flights.csv beside redis-py: not measured (needs python3-redis)");
            return;
        }
        double theirs = double.Parse(output, CultureInfo.InvariantCulture);
        var rates = new List<double>();
        for (int round = 0; round < 8; round++)
        {
            await new DatasetStore(context.Connection).RemoveAsync("benchmark");
            rates.Add((await ImportAsync(context, path, ChunkCompression.Lz4)).RowsPerSecond);
        }
        double ours = BenchmarkContext.Median(rates.Skip(3));
        BenchmarkContext.Print("flights.csv, Lz4 | redis-py, pipelined HSET a row (rows/s)", $"{ours:N0}", $"{theirs:N0}", ours / theirs,
            "60");
    }

    static void Parse(string path)
    {
        using var reader = CsvReader.FromFile(path, new CsvReaderOptions { BufferSize = 1 << 20 });
        double sum = 0;
        while (reader.Read())
            for (int i = 0; i < reader.FieldCount; i++)
                sum += reader.Parse<double>(i);
        GC.KeepAlive(sum);
    }

    static void Inflate(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0) { }
    }
}
