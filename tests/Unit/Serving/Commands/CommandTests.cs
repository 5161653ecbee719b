using RedisML.Models;

namespace RedisML.Unit.Serving.Commands;

/// <summary><c>ML.PREDICT</c> and <c>ML.MPREDICT</c> as any client of the embedded server sees them.</summary>
public sealed class CommandTests(CommandServer server) : IClassFixture<CommandServer>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_or_a_class_with_its_probabilities_answers_fields_in_any_order_and_in_both_protocols()
    {
        await using var connection = await server.ConnectAsync();
        await ServedModels.PublishNumberAsync(connection, "price", 1);
        await ServedModels.PublishClassAsync(connection, "churn");
        using var client = await server.OpenAsync();
        Assert.Equal("3.5", await client.AskAsync("ml.predict", "price", "x", "2.5"));
        Assert.Equal("null", await client.AskAsync("ML.PREDICT", "price@1", "x", ""));
        Assert.Equal("[yes [no 0 yes 1]]", await client.AskAsync("ML.PREDICT", "churn", "c", "vé", "x", "0"));
        Assert.Equal("[[yes [no 0 yes 1]] [no [no 0.5 yes 0.5]]]", await client.AskAsync(
            "ML.MPREDICT", "churn", "2", "x", "c", "5", "vé", "0", "u"));
        Assert.Equal("[]", await client.AskAsync("ML.MPREDICT", "churn", "2", "x", "c"));
        await client.SendAsync(
            [.. RespClient.Encode("MULTI"), .. RespClient.Encode("ML.PREDICT", "price", "x", "1"), .. RespClient.Encode("EXEC")]);
        Assert.Equal("+OK +QUEUED [2]", $"{await client.ReadAsync()} {await client.ReadAsync()} {await client.ReadAsync()}");
        await client.AskAsync("HELLO", "3");
        Assert.Equal("[yes {no 0 yes 1}]", await client.AskAsync("ML.PREDICT", "churn", "c", "vé", "x", "0"));
        Assert.Equal("3.5", await client.AskAsync("ML.PREDICT", "price", "x", "2.5"));
        Assert.Equal("null", await client.AskAsync("ML.PREDICT", "price", "x", ""));
    }

    [Fact]
    public async Task A_stored_hash_is_a_row_where_its_key_may_be_read()
    {
        await using var connection = await server.ConnectAsync();
        await ServedModels.PublishNumberAsync(connection, "stored", 1);
        await connection.Database.HashSetAsync("customer:42", [new("name", "Ann"), new("x", "6")]);
        await connection.Database.HashSetAsync("secret", [new("x", "6")]);
        await connection.Database.HashSetAsync("customer:44", [new("name", "Bea")]);
        await connection.Database.StringSetAsync("customer:text", "6");
        using var client = await server.OpenAsync();
        foreach (var protocol in new[] { "2", "3" })
        {
            await client.AskAsync("HELLO", protocol);
            Assert.Equal("7", await client.AskAsync("ML.PREDICT", "stored", "@customer:42"));
            Assert.Equal("-ERR 'x' is missing", await client.AskAsync("ML.PREDICT", "stored", "@customer:44"));
            Assert.Equal("-ERR no such key 'customer:43'", await client.AskAsync("ML.PREDICT", "stored", "@customer:43"));
            Assert.Equal("-ERR the server doesn't read keys that start so", await client.AskAsync("ML.PREDICT", "stored", "@secret"));
            Assert.StartsWith("-WRONGTYPE", await client.AskAsync("ML.PREDICT", "stored", "@customer:text"));
        }
    }

    [Theory]
    [InlineData("-ERR no such model 'none'", "ML.PREDICT", "none", "x", "1")]
    [InlineData("-ERR no such model 'faulty@none'", "ML.PREDICT", "faulty@none", "x", "1")]
    [InlineData("-ERR no such model '../:*'", "ML.PREDICT", "../:*", "x", "1")]
    [InlineData("-ERR no such feature 'z'", "ML.PREDICT", "faulty", "x", "1", "z", "1")]
    [InlineData("-ERR wrong number of arguments", "ML.MPREDICT", "faulty", "0", "x")]
    [InlineData("-ERR 'much' in 'x' is no Float64", "ML.PREDICT", "faulty", "x", "much")]
    [InlineData("-ERR 'a\\x0D b' in 'x' is no Float64", "ML.PREDICT", "faulty", "x", "a\r\nb")]
    [InlineData("-ERR row 2: 'much' in 'x' is no Float64", "ML.MPREDICT", "faulty", "1", "x", "1", "much")]
    [InlineData("-ERR wrong number of arguments", "ML.PREDICT", "faulty", "x")]
    [InlineData("-ERR wrong number of arguments", "ML.MPREDICT", "faulty", "2", "x", "1", "2")]
    [InlineData("-ERR wrong number of arguments", "ML.MPREDICT", "faulty", "-1", "x", "1")]
    public async Task What_cannot_be_answered_is_an_error_and_the_session_goes_on(string error, params string[] words)
    {
        await using var connection = await server.ConnectAsync();
        await ServedModels.PublishNumberAsync(connection, "faulty", 1);
        using var client = await server.OpenAsync();
        // Replies of a pipeline stay in order, whatever one of them is.
        await client.SendAsync([.. RespClient.Encode(words), .. RespClient.Encode("ML.PREDICT", "faulty", "x", "1")]);
        Assert.StartsWith(error, await client.ReadAsync());
        Assert.Equal("2", await client.ReadAsync());
    }

    [Fact]
    public async Task Fuzzed_arguments_end_no_session()
    {
        await using var connection = await server.ConnectAsync();
        await ServedModels.PublishClassAsync(connection, "fuzzed");
        using var client = await server.OpenAsync();
        var random = new Random(11);
        string[] words =
        [
            "ML.PREDICT", "ML.MPREDICT", "fuzzed", "@", "@customer:", "x", "c", "1", "2", "", "\0", "é", "NaN", "-inf", new('9', 400),
            "fuzzed@1", "@x",
        ];
        const int Commands = 2000;
        var pipeline = Enumerable.Range(0, Commands).SelectMany(_ => RespClient.Encode([words[random.Next(2)],
            .. Enumerable.Range(0, random.Next(8)).Select(i => words[random.Next(i == 0 ? 2 : 3, words.Length)])])).ToArray();
        var sending = client.SendAsync(pipeline);
        for (int i = 0; i < Commands; i++) await client.ReadAsync();
        await sending;
        Assert.Equal("[no [no 0.5 yes 0.5]]", await client.AskAsync("ML.PREDICT", "fuzzed", "x", "0", "c", "u"));
        Assert.Equal("-ERR too many rows: a command has up to 1000", await client.AskAsync(
            ["ML.MPREDICT", "fuzzed", "1", "x", .. Enumerable.Repeat("1", 1001)]));
    }

    [Fact]
    public async Task An_alias_that_moves_under_load_is_followed_and_a_removed_model_is_gone()
    {
        await using var connection = await server.ConnectAsync();
        var models = new ModelStore(connection);
        for (int version = 1; version <= 2; version++) await ServedModels.PublishNumberAsync(connection, "moved", version);
        await models.MoveAliasAsync("moved", "champion", 1, null, "test", null, Cancellation);
        using var client = await server.OpenAsync();
        Assert.Equal("1", await client.AskAsync("ML.PREDICT", "moved@champion", "x", "0"));
        await models.MoveAliasAsync("moved", "champion", 2, null, "test", null, Cancellation);
        await UntilAsync("2");
        await models.RemoveAsync("moved", Cancellation, force: true);
        await UntilAsync("-ERR no such model 'moved@champion'");

        async Task UntilAsync(string expected)
        {
            var end = DateTime.UtcNow.AddMinutes(1);
            string answer;
            while ((answer = await client.AskAsync("ML.PREDICT", "moved@champion", "x", "0")) != expected && DateTime.UtcNow < end)
            {
                Assert.True(answer is "1" or "2", answer);
                await Task.Delay(20, Cancellation);
            }
            Assert.Equal(expected, answer);
        }
    }

    [Fact]
    public async Task Any_session_answers_while_others_do()
    {
        await using var connection = await server.ConnectAsync();
        await ServedModels.PublishNumberAsync(connection, "shared", 1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(session => Task.Run(async () =>
        {
            using var client = await server.OpenAsync();
            var pipeline = Enumerable.Range(0, 200)
                .SelectMany(x => RespClient.Encode("ML.PREDICT", "shared", "x", $"{1000 * session + x}")).ToArray();
            await client.SendAsync(pipeline);
            for (int x = 0; x < 200; x++) Assert.Equal($"{1000 * session + x + 1}", await client.ReadAsync());
        }, Cancellation)));
    }
}
