using RedisML.Algorithms.Language;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;
using StackExchange.Redis;

namespace RedisML.Unit.Language;

/// <summary>The same for every server: see the two classes at the end.</summary>
public abstract class LanguageModelTests
{
    static readonly List<string> s_lines = TextSamples.Lines(400, 1);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<RedisMLConnection> ConnectAsync();

    [Theory]
    [InlineData(Tokenization.Word, 1)]
    [InlineData(Tokenization.Word, 3)]
    [InlineData(Tokenization.Character, 5)]
    public async Task Perplexity_and_probabilities_are_those_of_an_independent_reference(Tokenization tokenization, int order)
    {
        await using var connection = await ConnectAsync();
        var model = await OpenAsync(connection, new(order, tokenization));
        var lines = s_lines.Take(150).ToList();
        var update = await LearnAsync(model, lines);
        var reference = new ReferenceKneserNey(order, lines.Select(line => TokenReader.ReadAll(line, tokenization)));
        Assert.Equal(reference.Contexts, update.Contexts);

        var held = TextSamples.Lines(25, 2).Append("nobody saw Ω").ToList();
        var meter = new LanguageModelMeter(model);
        foreach (var line in held) await meter.AddAsync(line, Cancellation);
        var measure = await meter.CompleteAsync(Cancellation);
        double expected = reference.Perplexity(held.Select(line => TokenReader.ReadAll(line, tokenization)));
        Assert.Equal(1, measure.Perplexity / expected, 1e-9);
        Assert.True(measure.UnknownTokens > 0);

        foreach (var text in new[] { "", "the sea", "the море", "nobody saw Ω" })
        {
            var tokens = TokenReader.ReadAll(text, tokenization);
            var all = await model.NextTokensAsync(text, 10_000, "", Cancellation);
            Assert.Equal(reference.Vocabulary.Order(StringComparer.Ordinal), all.Select(t => t.Token).Order(StringComparer.Ordinal));
            Assert.All(all, next => Assert.Equal(1, next.Probability / reference.Probability(tokens, next.Token), 1e-9));
            Assert.Equal(1, all.Sum(next => next.Probability) + reference.Probability(tokens, "\n"), 1e-12);
            // Of equally probable ones any may be among the first.
            AssertSameProbabilities(all.Take(3), await model.NextTokensAsync(text, 3, "", Cancellation));
            AssertSameProbabilities(all.Where(next => next.Token.StartsWith("w", StringComparison.Ordinal)).Take(2),
                await model.NextTokensAsync(text, 2, "w", Cancellation));
        }
    }

    [Fact]
    public async Task Writers_at_once_in_any_order_leave_what_one_leaves()
    {
        await using var connection = await ConnectAsync();
        var (one, many) = (await OpenAsync(connection, new(), "one"), await OpenAsync(connection, new(), "many"));
        await LearnAsync(one, s_lines);
        var parts = Enumerable.Reverse(s_lines).Chunk(130).ToList();
        var updates = await Task.WhenAll(parts.Select(part => Task.Run(() => LearnAsync(many, part))));
        Assert.Equal(s_lines.Count(line => line != ""), updates.Sum(update => update.Texts));
        Assert.Equal(await DumpAsync(one), await DumpAsync(many));
        Assert.DoesNotContain(await connection.KeysAsync(), key => key.Contains(":writer:", StringComparison.Ordinal));
    }

    /// <summary>A writer that dies leaves whole batches; whoever adds the source again goes on behind them.</summary>
    [Fact]
    public async Task A_source_is_learned_once_however_often_it_is_added()
    {
        await using var connection = await ConnectAsync();
        var (whole, broken) = (await OpenAsync(connection, new(), "whole"), await OpenAsync(connection, new(), "broken"));
        await LearnAsync(whole, s_lines, "lines");
        var dying = await LanguageModelWriter.StartAsync(broken, "lines", Cancellation);
        await AddAsync(dying, s_lines.Take(300));
        var resumed = await LearnAsync(broken, s_lines, "lines");
        Assert.True(resumed is { Skipped: > 0, Tokens: > 0 }, $"{resumed}");
        Assert.Equal(await DumpAsync(whole), await DumpAsync(broken));

        var again = await LearnAsync(broken, s_lines, "lines");
        Assert.Equal((0, resumed.Skipped + resumed.Tokens), (again.Tokens, again.Skipped));
        Assert.Equal(await DumpAsync(whole), await DumpAsync(broken));
        // One that slept while another went on is shut out, and changes nothing.
        await FailsAsync("TextSourceBusy", async () =>
        {
            await AddAsync(dying, s_lines.Skip(300).Take(50));
            await dying.CompleteAsync(Cancellation);
        });
        Assert.Equal(await DumpAsync(whole), await DumpAsync(broken));
    }

    [Fact]
    public async Task A_budget_keeps_the_frequent_contexts_and_the_probabilities_whole()
    {
        const int Most = 150;
        await using var connection = await ConnectAsync();
        var model = await OpenAsync(connection, new(MaximumContext: Most));
        var updates = await Task.WhenAll(s_lines.Chunk(200).Select(part => Task.Run(() => LearnAsync(model, part))));
        Assert.True(updates.Sum(update => update.Evicted) > 500);
        var dump = await DumpAsync(model);
        Assert.Equal(Most + 1, dump.Count(line => line.StartsWith("context ", StringComparison.Ordinal)));
        // The counts of counts are those of what is left.
        var state = (await connection.Database.HashGetAllAsync(model.Keys.State)).ToDictionary(e => $"{e.Name}", e => $"{e.Value}");
        foreach (var (level, times, field) in new[] { (0, 1, "ones:0"), (1, 1, "ones:1"), (2, 1, "ones:2"), (2, 2, "twos:2") })
            Assert.Equal(dump.Count(line => line.StartsWith($"gram {level} ", StringComparison.Ordinal)
                && line.EndsWith($" {times}", StringComparison.Ordinal)), int.Parse(state[field]));
        var all = await model.NextTokensAsync("the sea", 10_000, "", Cancellation);
        double unknown = 1 - all.Sum(next => next.Probability);
        Assert.InRange(unknown, 1e-9, 0.1);
        AssertSameProbabilities(all.Take(4), await model.NextTokensAsync("the sea", 4, "", Cancellation));
    }

    [Fact]
    public async Task Removed_it_leaves_nothing_and_whoever_writes_is_told()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var model = await OpenAsync(connection, new());
        await LearnAsync(model, s_lines, "lines");
        var described = await models.GetAsync("m", null, Cancellation);
        Assert.Equal(("KneserNey", ModelTask.NextToken, 3), (described.Algorithm, described.Definition!.Task,
            described.Definition.Options!.Value.GetProperty("order").GetInt32()));
        Assert.Contains("words, order 3", described.Description);
        var writer = await LanguageModelWriter.StartAsync(model, null, Cancellation);
        await writer.AddAsync("late", Cancellation);
        await models.RemoveAsync("m", Cancellation);
        await FailsAsync("ModelNotFound", () => writer.CompleteAsync(Cancellation));
        await FailsAsync("ModelNotFound", () => model.NextTokensAsync("the", 1, "", Cancellation));
        await FailsAsync("ModelNotFound", () => LanguageModel.OpenAsync(connection, "m", Cancellation));
        // What is kept of a removed model for a day is the numbers of its versions.
        Assert.Equal([$"{connection.Prefix}:model:m"], await connection.KeysAsync());

        // A removal that broke off left contexts behind; another one the state too. Neither comes back.
        var again = await OpenAsync(connection, new());
        await LearnAsync(again, s_lines);
        await connection.Database.KeyDeleteAsync([again.Keys.State, connection.Keys.Model("m")]);
        var fresh = await OpenAsync(connection, new(Order: 2));
        Assert.Equal(2, (await LearnAsync(fresh, ["a b"])).Contexts - 1);
        await connection.Database.HashDeleteAsync(connection.Keys.Model("m"), "version");
        Assert.Equal(2, (await LearnAsync(await OpenAsync(connection, new(Order: 2)), ["c d"])).Contexts - 1);
    }

    [Fact]
    public async Task What_cannot_be_is_an_error_and_changes_nothing()
    {
        await using var connection = await ConnectAsync();
        await new ModelStore(connection).ChangeParametersAsync("byhand", [new("w", new Scalar(1))], [], Cancellation);
        await FailsAsync("NotALanguageModel", () => OpenAsync(connection, new(), "byhand"));
        await FailsAsync("NotALanguageModel", () => LanguageModel.OpenAsync(connection, "byhand", Cancellation));
        await FailsAsync("InvalidLanguageModelOption", () => OpenAsync(connection, new(Order: 0)));
        await FailsAsync("InvalidLanguageModelOption", () => OpenAsync(connection, new(MaximumContext: 0)));

        var model = await OpenAsync(connection, new());
        await FailsAsync("LanguageModelEmpty", () => MeasureAsync(model, "a"));
        Assert.Empty(await model.NextTokensAsync("a", 3, "", Cancellation));
        await LearnAsync(model, s_lines);
        await FailsAsync("LanguageModelOptionMismatch", () => OpenAsync(connection, new(Order: 4)));
        await FailsAsync("InvalidTextSource", () => LanguageModelWriter.StartAsync(model, "a\nb", Cancellation));
        await FailsAsync("NoText", () => MeasureAsync(model, " \t"));
        var before = await DumpAsync(model);
        var update = await LearnAsync(model, ["", " \t\r\n", "half \uD83D", "\uDC00"]);
        Assert.Equal((0, 0, 2), (update.Texts, update.Tokens, update.Rejected));
        Assert.Equal(before, await DumpAsync(model));

        // Somebody else writes into its keys.
        await connection.Database.SortedSetAddAsync(model.Keys.Context([]), "the", double.PositiveInfinity);
        await FailsAsync("InvalidLanguageModel", () => model.NextTokensAsync("", 1, "", Cancellation));
        await connection.Database.SortedSetAddAsync(model.Keys.Context([]), "the", 1e6);
        await FailsAsync("InvalidLanguageModel", () => model.NextTokensAsync("", 1, "", Cancellation));
        await connection.Database.SortedSetAddAsync(model.Keys.Context([]), "the", 5);
        await connection.Database.SortedSetAddAsync(model.Keys.Context([]), (byte[])[0x80, 0xFF], 500);
        Assert.Equal("\uFFFD\uFFFD", (await model.NextTokensAsync("unseen", 1, "", Cancellation))[0].Token);
        await connection.Database.HashSetAsync(model.Keys.State, "order", "1000000");
        await FailsAsync("InvalidLanguageModel", () => LanguageModel.OpenAsync(connection, "m", Cancellation));
    }

    [Fact]
    public async Task Text_is_written_again_by_its_seed_and_most_probably_without_chance()
    {
        await using var connection = await ConnectAsync();
        var model = await OpenAsync(connection, new());
        await LearnAsync(model, s_lines);
        var texts = new HashSet<string>();
        for (int seed = 0; seed < 5; seed++)
        {
            var text = await model.WriteAsync("the sea", 40, 1, seed, Cancellation);
            Assert.StartsWith("the sea", text);
            Assert.Equal(text, await model.WriteAsync("the sea", 40, 1, seed, Cancellation));
            texts.Add(text);
        }
        Assert.True(texts.Count > 3);
        string expected = "the sea";
        for (int i = 0; i < 6; i++)
        {
            var next = (await model.NextTokensAsync(expected, 1, "", Cancellation))[0];
            if (next.IsEnd) break;
            expected = TokenJoin.Join([.. TokenReader.ReadAll(expected, Tokenization.Word), next.Token], Tokenization.Word);
        }
        Assert.Equal(expected, await model.WriteAsync("the sea", 6, 0, 7, Cancellation));
    }

    protected static Task<LanguageModel> OpenAsync(RedisMLConnection connection, LanguageModelRequest request, string name = "m") =>
        LanguageModel.OpenOrCreateAsync(connection, name, request, Cancellation);

    protected static async Task<LanguageModelUpdate> LearnAsync(LanguageModel model, IEnumerable<string> lines, string? source = null)
    {
        var writer = await LanguageModelWriter.StartAsync(model, source, Cancellation);
        await AddAsync(writer, lines);
        return await writer.CompleteAsync(Cancellation);
    }

    /// <summary>Adds lines, in batches of some of them, as a long text is.</summary>
    static async Task AddAsync(LanguageModelWriter writer, IEnumerable<string> lines)
    {
        const int BatchLines = 110;
        foreach (var (i, line) in lines.Index())
        {
            await writer.AddAsync(line, Cancellation);
            if ((i + 1) % BatchLines == 0) await writer.SendAsync(wholeBatchesOnly: false, Cancellation);
        }
    }

    static async Task<LanguageModelMeasure> MeasureAsync(LanguageModel model, string text)
    {
        var meter = new LanguageModelMeter(model);
        await meter.AddAsync(text, Cancellation);
        return await meter.CompleteAsync(Cancellation);
    }

    static void AssertSameProbabilities(IEnumerable<NextToken> expected, IEnumerable<NextToken> actual) =>
        Assert.Equal(expected.Select(next => next.Probability), actual.Select(next => next.Probability));

    static async Task FailsAsync(string errorId, Func<Task> work) =>
        Assert.Equal(errorId, (await Assert.ThrowsAsync<RedisMLException>(work)).ErrorId);

    /// <summary>All that a model has counted, as text, but which batch saw a context first.</summary>
    protected static async Task<List<string>> DumpAsync(LanguageModel model)
    {
        var database = model.Connection.Database;
        List<string> lines = [];
        foreach (var context in await database.SortedSetRangeByRankWithScoresAsync(model.Keys.Contexts))
        {
            var name = (byte[])context.Element!;
            int level = name.Count(b => b == NGramBatch.Separator);
            lines.Add($"context {Convert.ToHexString(name)} {Math.Floor(context.Score)}");
            var grams = await database.SortedSetRangeByRankWithScoresAsync(model.Keys.Context(name));
            Assert.Equal(((RedisValue)(byte[])[NGramBatch.Separator], grams.SkipLast(1).Sum(gram => gram.Score)),
                (grams[^1].Element, grams[^1].Score));
            Assert.Equal(Math.Floor(Math.Log2(grams[^1].Score)), Math.Floor(context.Score));
            foreach (var gram in grams.SkipLast(1))
                lines.Add($"gram {level} {Convert.ToHexString(name)} {gram.Element} {gram.Score}");
        }
        lines.AddRange((await database.HashGetAllAsync(model.Keys.State)).Where(entry => $"{entry.Name}" is not ("id" or "batches"))
            .Where(entry => !(entry.Value == 0)).Select(entry => $"{entry.Name} {entry.Value}"));
        return [.. lines.Order(StringComparer.Ordinal)];
    }
}

public sealed class EmbeddedLanguageModelTests(EmbeddedServerFixture server) : LanguageModelTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}

public sealed class RedisLanguageModelTests(RedisServerFixture server) : LanguageModelTests
{
    /// <summary>A process that adds a source is killed at work: no batch counts in part, and whoever adds the source again goes on.
    /// </summary>
    [Fact]
    public async Task A_writer_that_is_killed_leaves_whole_batches()
    {
        await using var connection = await ConnectAsync();
        var (whole, broken) = (await OpenAsync(connection, new(), "whole"), await OpenAsync(connection, new(), "broken"));
        using var folder = new TemporaryFolder();
        var lines = TextSamples.Lines(6000, 3);
        long tokens = (await LearnAsync(whole, lines, "lines")).Tokens;
        string file = folder.Write("lines.txt", string.Join('\n', lines));
        for (int kill = 0; kill < 3; kill++)
        {
            using var process = new NodeProcess(connection.Endpoint, connection.Prefix, "add", "broken", "lines", file);
            while (await CountAsync("tokens") <= tokens * kill / 4) await Task.Delay(1, Cancellation);
            process.Kill();
            Assert.Equal(await CountAsync("source:lines"), await CountAsync("tokens"));
        }
        var rest = await LearnAsync(broken, lines, "lines");
        Assert.Equal(tokens, rest.Skipped + rest.Tokens);
        Assert.Equal(await DumpAsync(whole), await DumpAsync(broken));

        async Task<long> CountAsync(string field) =>
            await connection.Database.HashGetAsync(broken.Keys.State, field) is { IsNull: false } count ? (long)count : 0;
    }

    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}
