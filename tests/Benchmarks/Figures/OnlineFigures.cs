using System.Diagnostics;
using System.Globalization;
using System.Text;
using RedisML.Connections;
using RedisML.Online;
using StackExchange.Redis;

namespace RedisML.Benchmarks.Figures;

/// <summary>Learning samples as they come: how many a second, what they take in Redis, and twenty kills.</summary>
static class OnlineFigures
{
    const int Samples = 300_000, Kills = 20;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Online training, 8 columns and a label (samples/s)");
        foreach (var (kind, limit) in new[] { (SampleSourceKind.List, 100_000.0), (SampleSourceKind.Stream, 50_000.0) })
        {
            await using var connection = await ConnectAsync(context, $"online-{kind}");
            var rates = new List<double>();
            long bytes = 0;
            for (int round = 0; round < 4; round++)
            {
                await AddAsync(connection, kind, 0, Samples);
                var key = connection.Keys.Samples("s").Samples;
                bytes = (long)await connection.Database.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", "0");
                long start = Stopwatch.GetTimestamp();
                await (await StartAsync(connection, kind)).Completion;
                rates.Add(Samples / Stopwatch.GetElapsedTime(start).TotalSeconds);
                if ((await new OnlineTrainings(connection).GetAsync("m", default)).Samples != Samples)
                    throw new InvalidOperationException("Samples are missing.");
                await new OnlineTrainings(connection).RemoveAsync("m", default);
                await connection.Database.KeyDeleteAsync(key);
            }
            double rate = BenchmarkContext.Median(rates.Skip(1));
            BenchmarkContext.Print($"from a {kind.ToString().ToLowerInvariant()} | limit", $"{rate:N0}", $"{limit:N0}", rate / limit, "1");
            Console.WriteLine($"  a million samples take {(double)bytes / Samples:N0} MB in Redis");
        }
        Console.WriteLine($"  this process had at most {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0} MB");
        Console.WriteLine();
    }

    /// <summary>A trainer, a process of its own, is killed at random; what is learned equals, to the bit, what one alone learns.</summary>
    public static async Task KillAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading($"Online training, its process killed {Kills} times");
        foreach (var kind in Enum.GetValues<SampleSourceKind>())
        {
            await using var connection = await ConnectAsync(context, $"kill-{kind}");
            var random = new Random();
            int added = 0;
            for (int kill = 0; kill < Kills; kill++)
            {
                await AddAsync(connection, kind, added, added += 20_000);
                using var process = Start(context, connection, kill > 0 ? "" : $"-{kind} s -Algorithm Logistic -Label fault");
                while (await LearnedAsync(connection) < added - 19_000) await Task.Delay(1);
                await Task.Delay(random.Next(100));
                process.Kill();
                await process.WaitForExitAsync();
            }
            await (await StartAsync(connection, kind)).Completion;
            await using var alone = await ConnectAsync(context, $"alone-{kind}");
            await AddAsync(alone, kind, 0, added);
            await (await StartAsync(alone, kind)).Completion;
            bool isEqual = await DigestAsync(connection) == await DigestAsync(alone);
            BenchmarkContext.Print($"{kind}: state equal to the bit after {added:N0} samples", isEqual ? "yes" : "no", "yes",
                isEqual ? 1 : 0, "1");
        }
        Console.WriteLine();
    }

    static Task<RedisMLConnection> ConnectAsync(BenchmarkContext context, string prefix) =>
        RedisMLConnection.ConnectAsync(ConnectionSettings.For("127.0.0.1", context.Port) with { Prefix = prefix }, default);

    static Task<OnlineTrainer> StartAsync(RedisMLConnection connection, SampleSourceKind kind) => OnlineTrainer.StartAsync(connection,
        new() { Model = "m", SourceKind = kind, Source = "s", Algorithm = "Logistic", Label = "fault" }, new() { Once = true }, default);

    static async Task AddAsync(RedisMLConnection connection, SampleSourceKind kind, int from, int to)
    {
        var key = connection.Keys.Samples("s").Samples;
        foreach (var chunk in Enumerable.Range(from, to - from).Chunk(2000))
        {
            if (kind == SampleSourceKind.List)
                await connection.Database.ListRightPushAsync(key, [.. chunk.Select(i => (RedisValue)ToJson(Fields(i)))]);
            else
                await Task.WhenAll(chunk.Select(i => connection.Database.StreamAddAsync(key,
                    [.. Fields(i).Select(field => new NameValueEntry(field.Name, field.Value))])));
        }
    }

    /// <summary>As of a machine: seven numbers, a category, and whether it failed.</summary>
    static (string Name, string Value)[] Fields(int number)
    {
        var random = new Random(number);
        var fields = new (string Name, string Value)[9];
        double sum = 0;
        for (int i = 0; i < 7; i++)
        {
            double value = random.NextDouble();
            sum += (i - 3) * value;
            fields[i] = ($"sensor{i}", value.ToString("0.######", CultureInfo.InvariantCulture));
        }
        fields[7] = ("machine", $"press-{random.Next(40)}");
        fields[8] = ("fault", sum + random.NextDouble() > 0.5 ? "1" : "0");
        return fields;
    }

    static byte[] ToJson((string Name, string Value)[] fields) => Encoding.UTF8.GetBytes("{" + string.Join(",", fields.Select(field =>
        field.Name == "machine" ? $"\"machine\":\"{field.Value}\"" : $"\"{field.Name}\":{field.Value}")) + "}");

    static async Task<long> LearnedAsync(RedisMLConnection connection) =>
        (await new OnlineTrainings(connection).FindAsync("m", default))?.Samples ?? 0;

    /// <summary>All fields but who wrote them, and ids of entries, which are times.</summary>
    static async Task<string> DigestAsync(RedisMLConnection connection) => string.Join('\n',
        (await connection.Database.HashGetAllAsync(connection.Keys.Samples("s").State("m")))
            .Where(field => field.Name != "trainer" && field.Name != "spec" && field.Name != "offset")
            .Select(field => $"{field.Name} {Convert.ToHexString((byte[])field.Value!)}").Order(StringComparer.Ordinal));

    static Process Start(BenchmarkContext context, RedisMLConnection connection, string arguments)
    {
        string script = Path.Combine(context.Folder, "online.ps1");
        File.WriteAllText(script, $"""
            $null = Connect-RedisML 127.0.0.1:{context.Port} -Prefix {connection.Prefix}
            Start-RedisOnlineTraining m {arguments} -BatchSize 50 -Wait
            """);
        return Process.Start(new ProcessStartInfo("dotnet", [BenchmarkContext.Host, "-NoProfile", "-NonInteractive", script])
        {
            RedirectStandardInput = true,
        })!;
    }
}
