using System.Diagnostics;
using System.Security.Cryptography;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Sealing;

namespace RedisML.Benchmarks.Figures;

/// <summary>Import over a connection with an encryption key beside one without, and what AES-GCM alone does with as many bytes.</summary>
static class SealingFigures
{
    const int Megabytes = 220;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Import, sealed | unsealed (rates of source bytes)");
        var path = SampleFiles.Numeric(context.Folder, Megabytes);
        double size = new FileInfo(path).Length / 1e6;
        var key = EncryptionKey.FromBytes(RandomNumberGenerator.GetBytes(EncryptionKey.Length));
        await using var connection = await RedisMLConnection.ConnectAsync(
            ConnectionSettings.For("127.0.0.1", context.Port) with { Prefix = "sealed", EncryptionKey = key }, default);
        foreach (var compression in (ChunkCompression[])[ChunkCompression.None, ChunkCompression.Lz4])
        {
            var (ours, theirs, ratio) = await BenchmarkContext.CompareAsync(
                () => ImportAsync(connection), () => ImportAsync(context.Connection), async () =>
                {
                    await new DatasetStore(connection).RemoveAsync("benchmark");
                    await new DatasetStore(context.Connection).RemoveAsync("benchmark");
                });
            BenchmarkContext.Print($"numeric CSV, {compression}", $"{size / ours:N0} MB/s", $"{size / theirs:N0} MB/s", ratio, "0.8");

            async Task ImportAsync(RedisMLConnection to) => await DatasetImport.RunAsync(
                to, path, new() { Dataset = "benchmark", Compression = compression, Force = true }, null, default);
        }
        Console.WriteLine($"  {"AES-256-GCM alone, one core, buffers of 1 MB",-60} {AesRate(),14:N0} MB/s");
        await new DatasetStore(connection).RemoveAsync("benchmark");
        await new DatasetStore(context.Connection).RemoveAsync("benchmark");
        Console.WriteLine();
    }

    static double AesRate()
    {
        var (plain, sealedBytes) = (RandomNumberGenerator.GetBytes(1 << 20), new byte[(1 << 20) + Seal.Overhead]);
        var seal = Seal.Of(plain.AsSpan(0, EncryptionKey.Length), "benchmark");
        const int warmUp = 200, count = 2000;
        for (int i = 0; i < warmUp; i++) seal.Encrypt("key", plain, sealedBytes);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++) seal.Encrypt("key", plain, sealedBytes);
        return count * (plain.Length / 1e6) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
