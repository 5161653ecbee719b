using System.Diagnostics;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Exporting;
using RedisML.Formats;

namespace RedisML.Benchmarks.Figures;

/// <summary>Where an import's time goes, stage by stage on one thread, and what it allocates.</summary>
static class ProfileFigures
{
    const int Megabytes = 100;
    const int Rounds = 12;

    public static async Task RunAsync(BenchmarkContext context)
    {
        string heading = $"Import by stage, one thread (ms; the least of {Rounds} rounds)";
        Console.WriteLine($"{heading,-62} {"read",8} {"hash",8} {"encode",8} {"LZ4",8}   {"import",8} {"CPU",8} {"B a row",8}");
        var store = new DatasetStore(context.Connection);
        List<(string Name, string Path)> files =
        [
            ("numbers", SampleFiles.Numeric(context.Folder, Megabytes)),
            ("1,000 columns", SampleFiles.Fractions(context.Folder, columns: 1000, Megabytes)),
        ];
        if (BenchmarkContext.Shared("data/flights.csv.gz") is { } flights)
            files.Add(("flights", SampleFiles.Unpacked(flights, context.Folder)));
        foreach (var (name, csv) in files)
        {
            await ImportFigures.ImportAsync(context, csv, ChunkCompression.Lz4);
            var dataset = await store.GetAsync("benchmark");
            List<string> paths =
                [csv, .. ((string[])["arrow", "parquet", "jsonl"]).Select(extension => Path.ChangeExtension(csv, extension))];
            foreach (var path in paths.Skip(1))
                await new DatasetExport(context.Connection).RunAsync(dataset, new() { Path = path, Force = true }, null, default);
            foreach (var path in paths) await ProfileAsync(context, store, $"{name}, {Path.GetExtension(path)[1..]}", path);
        }
        await store.RemoveAsync("benchmark");
        Console.WriteLine();
    }

    static async Task ProfileAsync(BenchmarkContext context, DatasetStore store, string name, string path)
    {
        double read = double.MaxValue, hash = double.MaxValue, plain = double.MaxValue, packed = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            var (reading, hashing, encoding) = await StagesAsync(path, ChunkCompression.None);
            (read, hash, plain) = (Math.Min(read, reading), Math.Min(hash, hashing), Math.Min(plain, encoding));
            packed = Math.Min(packed, (await StagesAsync(path, ChunkCompression.Lz4)).Encode);
        }
        double import = double.MaxValue, cpu = double.MaxValue, allocated = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            await store.RemoveAsync("benchmark");
            var (cpuBefore, before) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            long rows = 0;
            import = Math.Min(import, await BenchmarkContext.TimeAsync(async () =>
                rows = (await ImportFigures.ImportAsync(context, path, ChunkCompression.Lz4)).RowsWritten));
            allocated = Math.Min(allocated, (double)(GC.GetTotalAllocatedBytes() - before) / rows);
            cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds);
        }
        Console.WriteLine(
            $"  {name,-60} {1000 * read,8:N0} {1000 * hash,8:N0} {1000 * plain,8:N0} {1000 * (packed - plain),8:N0}   " +
            $"{1000 * import,8:N0} {1000 * cpu,8:N0} {allocated,8:N0}");
    }

    /// <summary>The stages of all parts but for their way to the server, one after the other.</summary>
    static async Task<(double Read, double Hash, double Encode)> StagesAsync(string path, ChunkCompression compression)
    {
        using var files = await SourceFormat.OpenAsync([path], new(), default);
        var columns = await files.Source.ReadColumnsAsync(new Dictionary<string, ColumnType>(), default);
        TimeSpan read = default, hash = default, encode = default;
        await using var parts = files.Source.ReadAsync(columns, compression, default).GetAsyncEnumerator();
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            if (!await parts.MoveNextAsync()) break;
            long arrived = Stopwatch.GetTimestamp();
            using var part = parts.Current;
            part.Hash();
            long hashed = Stopwatch.GetTimestamp();
            part.Encode(leaveOut: false).Chunk!.Dispose();
            read += Stopwatch.GetElapsedTime(start, arrived);
            hash += Stopwatch.GetElapsedTime(arrived, hashed);
            encode += Stopwatch.GetElapsedTime(hashed);
        }
        return (read.TotalSeconds, hash.TotalSeconds, encode.TotalSeconds);
    }
}
