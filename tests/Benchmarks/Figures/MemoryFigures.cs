using System.Diagnostics;
using RedisML.Columns.Chunks;
using RedisML.Importing;

namespace RedisML.Benchmarks.Figures;

/// <summary>Peak memory of an import as the file grows ten times, each in a process of its own.</summary>
static class MemoryFigures
{
    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Memory while importing (peak of the process)");
        double small = await PeakAsync(context, 100), large = await PeakAsync(context, 1000);
        BenchmarkContext.Print("a file of 1,000 MB | one of 100 MB", $"{large:N0} MB", $"{small:N0} MB", large / small, "1.10");
        Console.WriteLine();
    }

    /// <summary>Imports a file in this process and prints its peak memory; what the child runs.</summary>
    public static async Task ChildAsync(string path, int port)
    {
        await using var connection =
            await Connections.RedisMLConnection.ConnectAsync(Connections.ConnectionSettings.For("127.0.0.1", port), default);
        await DatasetImport.RunAsync(connection, path, new() { Dataset = "memory", Compression = ChunkCompression.Lz4, Force = true }, null,
            default);
        Console.WriteLine(Process.GetCurrentProcess().PeakWorkingSet64);
    }

    static async Task<double> PeakAsync(BenchmarkContext context, int megabytes)
    {
        var path = SampleFiles.Numeric(context.Folder, megabytes);
        var output = await BenchmarkContext.TryRunAsync(Environment.ProcessPath!, "import-for-memory", path, $"{context.Port}");
        File.Delete(path);
        return long.Parse(output!) / 1e6;
    }
}
