using System.Globalization;
using RedisML.Columns.Chunks;
using RedisML.Datasets;
using RedisML.Exporting;
using RedisML.Parquet;

namespace RedisML.Benchmarks.Figures;

/// <summary>Other sources and shapes beside CSV: typed files, objects of the pipeline, many columns.</summary>
static class FormatFigures
{
    const int Megabytes = 200;
    const int Objects = 300_000;

    public static async Task RunAsync(BenchmarkContext context)
    {
        await TypedFilesAsync(context);
        await ManyColumnsAsync(context);
        await ObjectsAsync(context);
        await new DatasetStore(context.Connection).RemoveAsync("benchmark");
        Console.WriteLine();
    }

    /// <summary>The same rows as CSV, and as a file of typed columns.</summary>
    static async Task TypedFilesAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Import of typed files, Lz4 (thousand rows/s)");
        List<(string Name, string Path)> files = [("numbers", SampleFiles.Numeric(context.Folder, Megabytes))];
        if (BenchmarkContext.Shared("data/flights.csv.gz") is { } flights)
            files.Add(("flights", SampleFiles.Unpacked(flights, context.Folder)));
        foreach (var (name, csv) in files)
        {
            await ImportFigures.ImportAsync(context, csv, ChunkCompression.Lz4);
            var dataset = await new DatasetStore(context.Connection).GetAsync("benchmark");
            List<string> typed = [Path.Combine(context.Folder, $"{name}.parquet"), Path.Combine(context.Folder, $"{name}.arrow")];
            foreach (var path in typed)
                await new DatasetExport(context.Connection).RunAsync(dataset, new() { Path = path, Force = true }, null, default);
            foreach (var path in typed)
            {
                var (ours, theirs, ratio) = await BenchmarkContext.CompareAsync(
                    () => ImportFigures.ImportAsync(context, path, ChunkCompression.Lz4), () =>
                        ImportFigures.ImportAsync(context, csv, ChunkCompression.Lz4),
                    () => new DatasetStore(context.Connection).RemoveAsync("benchmark"));
                BenchmarkContext.Print($"{Path.GetFileName(path)} | {name}.csv", $"{dataset.Rows / ours / 1000:N0}",
                    $"{dataset.Rows / theirs / 1000:N0}", ratio, "1");
            }
            var (import, decoding, share) = await BenchmarkContext.CompareAsync(
                () => ImportFigures.ImportAsync(context, typed[0], ChunkCompression.Lz4), () => Task.Run(() => Decode(typed[0])),
                () => new DatasetStore(context.Connection).RemoveAsync("benchmark"));
            BenchmarkContext.Print($"{name}.parquet | Arrow's reader alone", $"{dataset.Rows / import / 1000:N0}",
                $"{dataset.Rows / decoding / 1000:N0}", share, "");
        }
    }

    /// <summary>What any import of the file has to do, on all cores.</summary>
    static void Decode(string path)
    {
        using var content = File.OpenRead(path);
        using var file = new ParquetFile(content);
        foreach (var batch in file.Batches()) batch.Dispose();
    }

    static async Task ManyColumnsAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Import of many columns (rates of source bytes)");
        string wide = SampleFiles.Fractions(context.Folder, columns: 1000, Megabytes),
            narrow = SampleFiles.Fractions(context.Folder, columns: 10, Megabytes);
        foreach (var compression in (ChunkCompression[])[ChunkCompression.None, ChunkCompression.Lz4])
        {
            var (ours, theirs, _) = await BenchmarkContext.CompareAsync(
                () => ImportFigures.ImportAsync(context, wide, compression), () => ImportFigures.ImportAsync(context, narrow, compression),
                () => new DatasetStore(context.Connection).RemoveAsync("benchmark"));
            double a = new FileInfo(wide).Length / 1e6 / ours, b = new FileInfo(narrow).Length / 1e6 / theirs;
            BenchmarkContext.Print($"1,000 columns, {compression} | 10 columns", $"{a:N0} MB/s", $"{b:N0} MB/s", a / b, "1");
        }
    }

    /// <summary>In the Host, through the engine; made beforehand, so that only the pipeline and the import are timed.</summary>
    static async Task ObjectsAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Import of pipeline objects (rows/s; the goal is 150,000)");
        foreach (var (kind, type) in ((string, string)[])[("custom objects", "[pscustomobject]"), ("hashtables", "")])
        {
            var script = Path.Combine(context.Folder, "objects.ps1");
            await File.WriteAllTextAsync(script, $$"""
                param($port, $count)
                $null = Connect-RedisML -HostName 127.0.0.1 -Port $port
                $rows = foreach ($i in 1..$count) { {{type}}@{ id = $i; carrier = "c$($i % 16)"; delay = $i / 7; distance = $i % 3000; late = $i % 2 -eq 0 } }
                $rates = foreach ($round in 1..5) {
                    $watch = [Diagnostics.Stopwatch]::StartNew()
                    $null = $rows | Import-RedisTrainingData -Dataset benchmark -Force
                    $count / $watch.Elapsed.TotalSeconds
                }
                ($rates | Select-Object -Last 4) -join ' '
                """);
            var output = await BenchmarkContext.TryRunAsync("dotnet", BenchmarkContext.Host, script, $"{context.Port}", $"{Objects}")
                ?? throw new InvalidOperationException("The host failed on objects.ps1.");
            double rate = BenchmarkContext.Median(output.Trim().Split(' ').Select(r => double.Parse(r, CultureInfo.InvariantCulture)));
            BenchmarkContext.Print($"{kind}, five properties", $"{rate:N0}", "", rate / 150_000, "1");
        }
    }
}
