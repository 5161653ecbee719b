using System.Diagnostics;
using System.Globalization;
using RedisML.Columns;
using RedisML.Connections;
using RedisML.Features;
using RedisML.Models;
using RedisML.Serving;
using StackExchange.Redis;

namespace RedisML.Benchmarks.Figures;

/// <summary>Prediction services beside bare commands, and <c>ML.PREDICT</c> beside <c>GET</c>.</summary>
static class ServeFigures
{
    const int Requests = 3000, Burst = 40_000;
    const double P50Goal = 0.5, BurstGoal = 80_000, GetGoal = 0.6;

    static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(20);

    static readonly string[] s_predict =
        ["ML.PREDICT", "seven", "a", "1.5", "b", "2", "c", "3.25", "d", "4", "e", "5", "f", "6", "g", "7"];

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Serving");
        await PublishAsync(context.Connection);
        var instance = await PredictionInstance.StartAsync(context.Connection, "seven", new ModelReference("seven"), new(), default);
        await LatencyAsync(context);
        await BurstAsync(context);
        instance.SignalStop();
        await instance.Completion;
        await CommandAsync(context);
        Console.WriteLine();
    }

    /// <summary>Seven numbers.</summary>
    static Task<Model> PublishAsync(RedisMLConnection connection)
    {
        string[] names = ["a", "b", "c", "d", "e", "f", "g"];
        return new ModelStore(connection).PublishAsync("seven", new()
        {
            Algorithm = "Linear",
            Task = ModelTask.Regression,
            Pipeline = new()
            {
                Inputs = [.. names.Select(name => new ColumnSchema(name, ColumnType.Float64))],
                Features = [.. names.Select(name => new NumericFeature(name, 1, 2))],
                Label = new("y", ColumnType.Float64, null),
            },
            Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = DateTimeOffset.UnixEpoch },
        }, [new("weight", new Tensor(new double[] { 1, 2, 3, 4, 5, 6, 7 }, 7)), new("intercept", new Scalar(0.5))], default);
    }

    static string Request(string reply) =>
        $$$"""{"reply": "{{{reply}}}", "features": {"a": 1.5, "b": 2, "c": 3.25, "d": 4, "e": 5, "f": 6, "g": 7}}""";

    /// <summary>1,000 requests a second, one client; beside it an echo that takes an element and pushes it back.</summary>
    static async Task LatencyAsync(BenchmarkContext context)
    {
        await using var client = await context.Connection.CopyAsync(default);
        await using var echo = await context.Connection.CopyAsync(default);
        await using var pusher = await context.Connection.CopyAsync(default);
        using var end = new CancellationTokenSource();
        var echoing = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
                if ((RedisValue[]?)await echo.Database.ExecuteAsync("BLPOP", "echo:in", "0.5") is [_, var element])
                    await pusher.Database.ListRightPushAsync((string)element!, "x");
        });
        var keys = context.Connection.Keys.Service("seven");
        var ours = new List<double>();
        var bare = new List<double>();
        for (int round = 0; round < 4; round++)
        {
            ours.AddRange(await AskAsync(
                client, keys.Queue, i => Request($"{keys.ReplyStart}l{i}"), i => $"{keys.ReplyStart}l{i}", round > 0));
            bare.AddRange(await AskAsync(client, "echo:in", i => $"echo:{i}", i => $"echo:{i}", round > 0));
        }
        await end.CancelAsync();
        await echoing;
        double p50 = BenchmarkContext.Median(ours), p50Bare = BenchmarkContext.Median(bare);
        BenchmarkContext.Print("a service at 1,000 requests/s, p50 in ms (goal 0.5) | bare BLPOP round trip",
            $"{p50:0.000}", $"{p50Bare:0.000}",
            P50Goal / p50, "1");
    }

    static async Task<List<double>> AskAsync(
        RedisMLConnection client, RedisKey queue, Func<int, string> request, Func<int, string> reply, bool counts)
    {
        var times = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < Requests / 3; i++)
        {
            while (Stopwatch.GetElapsedTime(begin).TotalMilliseconds < i) await Task.Yield();
            long start = Stopwatch.GetTimestamp();
            var pushed = client.Database.ListLeftPushAsync(queue, request(i));
            await client.Database.ExecuteAsync("BLPOP", reply(i), "5");
            await pushed;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return counts ? times : [];
    }

    /// <summary>As many at once as there are, until the last is answered.</summary>
    static async Task BurstAsync(BenchmarkContext context)
    {
        var keys = context.Connection.Keys.Service("seven");
        var database = context.Connection.Database;
        RedisValue[] requests = [.. Enumerable.Range(0, Burst).Select(i => (RedisValue)Request($"{keys.ReplyStart}b{i % 1000}"))];
        var rates = new List<double>();
        for (int round = 0; round < 5; round++)
        {
            long before = await AnsweredAsync(), start = Stopwatch.GetTimestamp();
            foreach (var part in requests.Chunk(1000)) _ = database.ListLeftPushAsync(keys.Queue, part, flags: CommandFlags.FireAndForget);
            while (await database.ListLengthAsync(keys.Queue) > 0) await Task.Delay(1);
            rates.Add(Burst / Stopwatch.GetElapsedTime(start).TotalSeconds);
            while (await AnsweredAsync() < before + Burst) await Task.Delay(50);
            for (int i = 0; i < 1000; i++) _ = database.KeyDeleteAsync($"{keys.ReplyStart}b{i}", CommandFlags.FireAndForget);
        }
        double rate = BenchmarkContext.Median(rates.Skip(1));
        BenchmarkContext.Print($"a burst of {Burst:N0}, requests/s | goal", $"{rate:N0}", $"{BurstGoal:N0}", rate / BurstGoal, "1");

        async Task<long> AnsweredAsync() => (await new PredictionServices(context.Connection).GetAsync("seven", default)).Answered;
    }

    const string ServerScript = """
        param($connection)
        $null = Connect-RedisML $connection
        $server = Start-RedisMLServer -Model seven
        "$($server.Port) $($server.Credential.GetNetworkCredential().Password)"
        $null = [Console]::In.ReadLine()
        """;

    /// <summary>On one embedded server, by redis-benchmark with 50 clients and pipelines of 16, in turns.</summary>
    static async Task CommandAsync(BenchmarkContext context)
    {
        var script = Path.Combine(context.Folder, "server.ps1");
        await File.WriteAllTextAsync(script, ServerScript);
        using var host = Process.Start(new ProcessStartInfo("dotnet", [BenchmarkContext.Host, script, $"127.0.0.1:{context.Port}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string[] server = (await host.StandardOutput.ReadLineAsync())!.Split(' ');
        var (get, predict) = (new List<double>(), new List<double>());
        // Until the runtime has compiled what runs often, a command takes several times as long.
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_warmUp;)
            await RateAsync(server, s_predict);
        for (int round = 0; round < 5; round++)
        {
            get.Add(await RateAsync(server, "GET", "key"));
            predict.Add(await RateAsync(server, s_predict));
        }
        host.StandardInput.Close();
        await host.WaitForExitAsync();
        double ratio = BenchmarkContext.Median(predict.Zip(get, (ours, rival) => ours / rival).Skip(1));
        BenchmarkContext.Print("ML.PREDICT of 7 fields, pipelined by 16, a second | GET (goal: 0.6 of it)",
            $"{BenchmarkContext.Median(predict.Skip(1)):N0}", $"{BenchmarkContext.Median(get.Skip(1)):N0}", ratio / GetGoal, "1");
    }

    static async Task<double> RateAsync(string[] server, params string[] command)
    {
        var output = await BenchmarkContext.TryRunAsync("redis-benchmark",
            ["-p", server[0], "-a", server[1], "-c", "50", "-P", "16", "-n", "400000", "-q", "--csv", .. command])
            ?? throw new InvalidOperationException("redis-benchmark failed.");
        // "command","rate",…
        var fields = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split("\",\"");
        return double.Parse(fields[1].Trim('"'), CultureInfo.InvariantCulture);
    }
}
