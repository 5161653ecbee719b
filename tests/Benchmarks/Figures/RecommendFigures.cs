using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RedisML.Algorithms.MatrixFactorization;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;
using StackExchange.Redis;

namespace RedisML.Benchmarks.Figures;

/// <summary>Recommendation beside its limits: folding in, the best of many items, a rating up to the changed sorted set,
/// and memory.</summary>
static class RecommendFigures
{
    const int Top = 20, RatingsOfUser = 70;

    public static async Task RunAsync(BenchmarkContext context)
    {
        BenchmarkContext.Heading("Recommendation");
        foreach (int factors in (int[])[20, 64])
        {
            var model = await PublishAsync(context, $"top{factors}", factors, users: 200, items: 100_000);
            FoldIn(model, factors);
            Best(model, factors);
        }
        await AddAsync(context, "top20", "of 100,000 items");
        await PublishAsync(context, "small", 20, users: 200, items: 1000);
        await AddAsync(context, "small", "of 1,000 items");
        await MemoryAsync(context);
        Console.WriteLine();
    }

    static void FoldIn(FactorModel model, int factors)
    {
        var (items, ratings) = (model.Users!.Rated.IndicesOf(3).ToArray(), model.Users.Rated.ValuesOf(3).ToArray());
        double time = MedianTime(2000, () => model.FoldIn(items, ratings)) * 1e6;
        Print($"a user of {items.Length} ratings folded in, k = {factors} (µs)", time, 100);
    }

    static void Best(FactorModel model, int factors)
    {
        var user = model.Trained(3);
        var rated = model.Users!.Rated.IndicesOf(3).ToArray();
        var (items, scores) = (new int[Top], new float[Top]);
        double time = MedianTime(200, () => TopItems.Find(model, user, rated, [], items, scores)) * 1e3;
        Print($"the best {Top} of {model.Items.Count:N0} items, k = {factors}, one thread (ms)", time, 2);
    }

    static async Task AddAsync(BenchmarkContext context, string model, string items)
    {
        var recommender = await Recommender.OpenAsync(context.Connection, ModelReference.Parse(model), default);
        var options = new RecommendationOptions { Count = Top };
        var times = new List<double>();
        for (int i = 0; i < 600; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await recommender.AddAsync($"u{i % 50}", $"{i * 7 % 1000}", i % 5, options, default);
            if (i >= 100) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Print($"a rating, up to the changed sorted set, {items} (ms, p50)", BenchmarkContext.Median(times), 2);
    }

    /// <summary>A million ratings: of 10,000 users in their hashes, and within a version of a model.</summary>
    static async Task MemoryAsync(BenchmarkContext context)
    {
        var database = context.Connection.Database;
        long before = await UsedAsync(context);
        for (int user = 0; user < 10_000; user++)
        {
            var entries = Enumerable.Range(0, 100).Select(i => new HashEntry($"{(user * 13 + i * 97) % 9973}", $"{i % 5}")).ToArray();
            database.HashSet(context.Connection.Keys.Ratings("memory", $"{user}"), entries, CommandFlags.FireAndForget);
        }
        await database.PingAsync();
        Print("a million ratings as hashes of users (MB in Redis)", (await UsedAsync(context) - before) / 1e6, double.NaN);
        before = await UsedAsync(context);
        await PublishAsync(context, "million", 20, users: 1_000_000 / RatingsOfUser, items: 10_000);
        Print("a version: 1 million ratings, 14,285 users, 10,000 items (MB)", (await UsedAsync(context) - before) / 1e6, double.NaN);
    }

    static async Task<long> UsedAsync(BenchmarkContext context)
    {
        var info = (string)(await context.Connection.Database.ExecuteAsync("INFO", "memory"))!;
        var used = info.Split('\n').First(line => line.StartsWith("used_memory:"));
        return long.Parse(used["used_memory:".Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>A model with vectors that are drawn, of users with so many ratings each.</summary>
    static async Task<FactorModel> PublishAsync(BenchmarkContext context, string name, int factors, int users, int items)
    {
        var random = new Random(1);
        var chunk = new RatingChunk(new int[users * RatingsOfUser], new int[users * RatingsOfUser], new float[users * RatingsOfUser]);
        for (int i = 0; i < chunk.Users.Length; i++)
            (chunk.Users[i], chunk.Items[i], chunk.Values[i]) = (i / RatingsOfUser, random.Next(items), random.Next(5));
        var ratings = new RatingMatrix([.. Names(users)], [.. Names(items)], [chunk], isImplicit: false);
        var specification = new TrainingSpecification
        {
            Algorithm = "MatrixFactorization",
            Label = "rating",
            Options = new Dictionary<string, JsonElement> { ["Factors"] = JsonSerializer.SerializeToElement(factors) },
        };
        var options = FactorizationOptions.Of((IAlgorithm)ModelFamilies.Get(specification.Algorithm), specification);
        int width = new FactorSolver(factors).Width;
        var state = new FactorState(ratings, factors, width, 1);
        for (int i = 0; i < state.Users.Length; i++) state.Users[i] = i % width < factors ? random.NextDouble() - 0.5 : 0;
        var definition = new ModelDefinition
        {
            Algorithm = specification.Algorithm,
            Task = ModelTask.Regression,
            Pipeline = new()
            {
                Inputs = [new("user", Columns.ColumnType.Utf8), new("item", Columns.ColumnType.Utf8)],
                Features = [],
                Label = new LabelEncoding("rating", Columns.ColumnType.Float64, null),
            },
            Options = JsonSerializer.SerializeToElement(specification.Options),
            Lineage = new() { Dataset = "drawn", DatasetVersion = 1, Run = name, RowsUsed = chunk.Users.Length, Trained = default },
        };
        var parameters = FactorParameters.Write(ratings, RatingBiases.None(ratings), state, options, width, 3).ToList();
        var model = await new ModelStore(context.Connection).PublishAsync(name, definition, parameters, default);
        return FactorParameters.Read(model, parameters.ToDictionary());

        static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"{i}");
    }

    static double MedianTime(int rounds, Action work)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 1) work();
        return BenchmarkContext.Median(Enumerable.Range(0, rounds).Select(_ =>
        {
            long from = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(from).TotalSeconds;
        }));
    }

    static void Print(string work, double value, double limit) => BenchmarkContext.Print(work, $"{value:0.000}",
        double.IsNaN(limit) ? "" : $"limit {limit:0.###}", limit / value, double.IsNaN(limit) ? "" : "1");
}
