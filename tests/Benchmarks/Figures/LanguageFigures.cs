using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using RedisML.Algorithms.Language;
using RedisML.Models;
using StackExchange.Redis;

namespace RedisML.Benchmarks.Figures;

/// <summary>Language models: how fast they learn and answer, what they take, and how well they foresee.</summary>
static class LanguageFigures
{
    const int Questions = 2000, LineWords = 12, GeneratedLines = 100_000;

    /// <summary>Every tenth line is held out.</summary>
    const int HeldOut = 10;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("language");
        var lines = Lines();
        var learned = lines.Where((_, i) => i % HeldOut != 0).ToList();
        var held = lines.Where((_, i) => i % HeldOut == 0).ToList();
        await WarmUpAsync(context, learned[..2000], held);
        double bare = await BareAsync(context);
        foreach (var request in new LanguageModelRequest[]
        {
            new(3, Tokenization.Word), new(3, Tokenization.Word, 100_000), new(6, Tokenization.Character),
        })
        {
            double memory = await InfoAsync(context, "memory", "used_memory");
            var model = await LanguageModel.OpenOrCreateAsync(context.Connection, "language", request, default);
            await context.Connection.Database.ExecuteAsync("CONFIG", "RESETSTAT");
            double server = await CpuAsync(context), client = Environment.CpuUsage.TotalTime.TotalSeconds;
            long start = Stopwatch.GetTimestamp();
            var update = await LearnAsync(model, learned);
            double rate = update.Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
            server = (await CpuAsync(context) - server) / update.Tokens;
            client = (Environment.CpuUsage.TotalTime.TotalSeconds - client) / update.Tokens;
            double commands = await CommandsAsync(context) / update.Tokens;
            bool isPlain = request.MaximumContext is null && request.Tokenization == Tokenization.Word;
            BenchmarkContext.Print($"{model.Options}: {update.Tokens:N0} tokens", $"{rate:N0}/s", "80,000/s", rate / 80_000,
                isPlain ? ">= 1" : "");
            // Of a machine that others use too, this says what it would do alone: the two work at the same time.
            BenchmarkContext.Print("  by the processor time of server, of client a token", $"{server * 1e6:N1} us", $"{client * 1e6:N1} us",
                1 / Math.Max(server, client) / 80_000, isPlain ? ">= 1" : "");
            // What no script can do without: the counts themselves.
            BenchmarkContext.Print($"  of the server | {commands:N1} bare ZINCRBY, pipelined", $"{server * 1e6:N1} us",
                $"{commands * bare * 1e6:N1} us", commands * bare / server, "");
            double megabytes = (await InfoAsync(context, "memory", "used_memory") - memory) / 1e6;
            BenchmarkContext.Print($"  {update.Contexts:N0} contexts, memory a million tokens", $"{megabytes / update.Tokens * 1e6:N1} MB",
                "", 0, "");

            var times = await AskAsync(model, held);
            double p50 = BenchmarkContext.Median(times);
            BenchmarkContext.Print("  next token, top 5, p50", $"{p50:N3} ms", "0.3 ms", 0.3 / p50, isPlain ? ">= 1" : "");
            var meter = new LanguageModelMeter(model);
            start = Stopwatch.GetTimestamp();
            foreach (var line in held) await meter.AddAsync(line, default);
            var measure = await meter.CompleteAsync(default);
            BenchmarkContext.Print($"  perplexity of {measure.Tokens:N0} held out tokens", $"{measure.Perplexity:N2}",
                $"{measure.Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds:N0}/s", 0, "");
            await new ModelStore(context.Connection).RemoveAsync("language", default);
        }
        Console.WriteLine();
    }

    static async Task WarmUpAsync(BenchmarkContext context, List<string> learned, List<string> held)
    {
        var model = await LanguageModel.OpenOrCreateAsync(context.Connection, "language", new(3, Tokenization.Word), default);
        await LearnAsync(model, learned);
        await AskAsync(model, held);
        await new ModelStore(context.Connection).RemoveAsync("language", default);
    }

    /// <summary>The processor time of the server for a ZINCRBY of one of 100,000 small sets, in seconds.</summary>
    static async Task<double> BareAsync(BenchmarkContext context)
    {
        const int commands = 400_000, sets = 100_000;
        var database = context.Connection.Database;
        var random = new Random(1);
        double before = 0;
        // Twice: the first makes the sets.
        for (int round = 0; round < 2; round++)
        {
            before = await CpuAsync(context);
            for (int i = 0; i < commands; i++)
                _ = database.SortedSetIncrementAsync($"bare:{random.Next(sets):D12}", "token", 1, CommandFlags.FireAndForget);
            await database.PingAsync();
        }
        double seconds = await CpuAsync(context) - before;
        for (int i = 0; i < sets; i++) _ = database.KeyDeleteAsync($"bare:{i:D12}", CommandFlags.FireAndForget);
        await database.PingAsync();
        return seconds / commands;
    }

    /// <summary>How many counts the server was told since its statistics began.</summary>
    static async Task<double> CommandsAsync(BenchmarkContext context)
    {
        var text = (string)(await context.Connection.Database.ExecuteAsync("INFO", "commandstats"))!;
        return text.Split('\n').Where(line => line.StartsWith("cmdstat_z", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture));
    }

    static async Task<LanguageModelUpdate> LearnAsync(LanguageModel model, IEnumerable<string> lines)
    {
        var writer = await LanguageModelWriter.StartAsync(model, null, default);
        foreach (var line in lines) await writer.AddAsync(line, default);
        return await writer.CompleteAsync(default);
    }

    /// <summary>Milliseconds of questions that follow one another, each after some words of a line.</summary>
    static async Task<List<double>> AskAsync(LanguageModel model, List<string> lines)
    {
        var texts = lines.Where(line => line.Length > 20).Select(line => line[..20]).Take(Questions).ToList();
        foreach (var text in texts.Take(Questions / 4)) await model.NextTokensAsync(text, 5, "", default);
        List<double> times = [];
        foreach (var text in texts)
        {
            long start = Stopwatch.GetTimestamp();
            await model.NextTokensAsync(text, 5, "", default);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times;
    }

    static async Task<double> CpuAsync(BenchmarkContext context) =>
        await InfoAsync(context, "cpu", "used_cpu_user") + await InfoAsync(context, "cpu", "used_cpu_sys");

    /// <summary>A number of what the server says of itself.</summary>
    static async Task<double> InfoAsync(BenchmarkContext context, string section, string name)
    {
        var text = (string)(await context.Connection.Database.ExecuteAsync("INFO", section))!;
        var line = text.Split('\n').First(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Shakespeare where he is beside the project; else lines of words as frequent as Zipf has it.</summary>
    static List<string> Lines()
    {
        if (BenchmarkContext.Shared("data/shakespeare.txt.gz") is { } path)
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            return [.. reader.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line != "")];
        }
        var random = new Random(1);
        return [.. Enumerable.Range(0, GeneratedLines).Select(_ => string.Join(' ',
            Enumerable.Range(0, LineWords).Select(_ => $"w{(int)Math.Pow(30_000, random.NextDouble())}")))];
    }
}
