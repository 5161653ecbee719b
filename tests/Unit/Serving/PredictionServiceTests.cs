using System.Diagnostics;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Serving;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Serving;

/// <summary>The protocol as any client sees it, on every server: see the two classes at the end.</summary>
public abstract class PredictionServiceTests
{
    static readonly ServiceOptions s_fast = new() { Lease = TimeSpan.FromSeconds(1), FollowInterval = TimeSpan.FromMilliseconds(20) };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<RedisMLConnection> ConnectAsync();

    protected abstract Task<HostProcess> StartProcessAsync(RedisMLConnection connection, string script);

    [Fact]
    public async Task Any_client_asks_by_two_commands()
    {
        await using var connection = await ConnectAsync();
        await PublishAsync(connection, 1);
        var instance = await PredictionInstance.StartAsync(connection, "s", new("m"), s_fast, Cancellation);
        await using var client = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        Assert.Equal("""{"prediction":3.5,"version":1}""", await AskAsync(client, """ "features": {"x": 2.5, "other": [1, {}]} """));
        Assert.Equal("""{"predictions":[{"prediction":2},{"prediction":null},{"prediction":4}],"version":1}""",
            await AskAsync(client, """ "rows": [{"x": 1}, {"x": null}, {"x": "3"}] """));
        await StopAsync(instance);
        Assert.DoesNotContain(await connection.KeysAsync(), key => key.Contains(":service:") || key.Contains(":reply:"));
    }

    [Theory]
    [InlineData(""" "features": {"y": 1} """, "SignatureMismatch", "'x' is missing.")]
    [InlineData(""" "features": {"x": "much"} """, "SignatureMismatch", "'much' in 'x' is no Float64.")]
    [InlineData(""" "rows": [{"x": 1}, {"x": true}, {}] """, "SignatureMismatch", "Row 3: 'x' is missing.")]
    [InlineData(""" "features": [1] """, "InvalidRequest", null)]
    [InlineData(""" "features": {"x": [1]} """, "InvalidRequest", null)]
    [InlineData(""" "rows": [] """, "InvalidRequest", null)]
    [InlineData(""" "other": 1 """, "InvalidRequest", null)]
    [InlineData(""" "features": {"x": 1}, "deadline": 1000 """, "DeadlinePassed", null)]
    [InlineData(""" "features": {"x": 1} }} """, "InvalidRequest", null)]
    public async Task What_cannot_be_answered_is_told_so(string body, string id, string? message)
    {
        await using var connection = await ConnectAsync();
        await PublishAsync(connection, 1);
        var instance = await PredictionInstance.StartAsync(connection, "s", new("m"), s_fast, Cancellation);
        await using var client = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        using var answer = JsonDocument.Parse(await AskAsync(client, body));
        Assert.Equal(id, answer.RootElement.GetProperty("error").GetString());
        if (message is not null) Assert.Equal(message, answer.RootElement.GetProperty("message").GetString());
        Assert.Equal("""{"prediction":2,"version":1}""", await AskAsync(client, """ "features": {"x": 1} """));
        await StopAsync(instance);
    }

    [Fact]
    public async Task No_request_stops_a_service_or_touches_a_key_that_is_none_of_replies()
    {
        await using var connection = await ConnectAsync();
        await PublishAsync(connection, 1);
        var instance = await PredictionInstance.StartAsync(connection, "s", new("m"), s_fast, Cancellation);
        var keys = connection.Keys.Service("s");
        await using var client = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        string taken = $"{connection.Prefix}:reply:taken";
        await client.Database.StringSetAsync(taken, "something else");
        var random = new Random(7);
        var valid = System.Text.Encoding.UTF8.GetBytes($$$"""{"reply": "{{{connection.Prefix}}}:reply:fuzz", "deadline": 9999999999999, "rows": [{"x": 1.5e300}, {"x": "a\u0000b"}], "features": {"x": null}}""");
        List<RedisValue> requests =
        [
            "", "null", "[]", "{", "\xff\xfe", "{\"reply\": 5}", new string('[', 5000), new string(' ', 2_000_000),
            $$$"""{"reply": "{{{connection.Prefix}}}:model:m", "features": {"x": 1}}""", $$$"""{"reply": "{{{taken}}}", "features": {"x": 1}}""",
            $$$"""{"reply": "{{{connection.Prefix}}}:reply:{{{new string('a', 1000)}}}", "features": {"x": 1}}""",
        ];
        for (int i = 0; i < 500; i++)
        {
            var bytes = valid.ToArray();
            for (int change = random.Next(1, 6); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            requests.Add(bytes[..random.Next(bytes.Length + 1)]);
        }
        await client.Database.ListLeftPushAsync(keys.Queue, [.. requests]);
        Assert.Equal("""{"prediction":2,"version":1}""", await AskAsync(client, """ "features": {"x": 1} """));
        Assert.False(instance.Completion.IsCompleted);
        Assert.Null(instance.Status.LastError);
        Assert.Equal("something else", (string?)await client.Database.StringGetAsync(taken));
        Assert.Equal(1, (await new ModelStore(connection).GetAsync("m", null, Cancellation)).Version);
        Assert.InRange(await client.Database.ListLengthAsync(keys.Rejected), 10, 100);
        Assert.InRange(instance.Status.Failed, 100, 520);
        await StopAsync(instance);
    }

    [Fact]
    public async Task An_alias_moved_a_hundred_times_under_load_loses_nothing_and_each_answer_belongs_to_its_version()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        for (int version = 1; version <= 5; version++) await PublishAsync(connection, version);
        await models.MoveAliasAsync("m", "champion", 1, null, "test", null, Cancellation);
        var instance = await PredictionInstance.StartAsync(connection, "s", ModelReference.Parse("m@champion"),
            s_fast with { FollowInterval = TimeSpan.FromMilliseconds(5) }, Cancellation);
        using var end = new CancellationTokenSource();
        var asked = Enumerable.Range(0, 3).Select(client => Task.Run(async () =>
        {
            await using var own = await PredictionClient.ConnectAsync(connection, "s", Cancellation);
            var versions = new HashSet<long>();
            for (int x = 0; !end.IsCancellationRequested; x++)
            {
                var answer = await own.AskAsync([new("x", x)], Patience.Event, Cancellation);
                Assert.Equal((double)x + answer.Version, answer.Prediction);
                versions.Add(answer.Version);
            }
            return versions;
        }, Cancellation)).ToList();
        for (int move = 0; move < 100; move++)
        {
            await models.MoveAliasAsync("m", "champion", move % 5 + 1, null, "test", null, Cancellation);
            // The service looks every 5 ms; some moves it sees, some not.
            await Task.Delay(10, Cancellation);
        }
        await end.CancelAsync();
        var seen = await Task.WhenAll(asked);
        Assert.True(seen.SelectMany(versions => versions).Distinct().Count() > 1);
        Assert.Equal(0, instance.Status.Failed);
        await StopAsync(instance);
    }

    [Fact]
    public async Task What_a_dead_instance_had_taken_is_answered_by_another()
    {
        await using var connection = await ConnectAsync();
        await PublishAsync(connection, 1);
        var keys = connection.Keys.Service("s");
        await connection.Database.SetAddAsync(keys.Instances, "dead");
        string reply = keys.ReplyStart + "r";
        await connection.Database.ListLeftPushAsync(keys.Work("dead"), $$$"""{"reply": "{{{reply}}}", "features": {"x": 1}}""");
        var instance = await PredictionInstance.StartAsync(connection, "s", new("m"), s_fast, Cancellation);
        await using var client = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        Assert.Equal("""{"prediction":2,"version":1}""", await PopAsync(client, reply));
        await StopAsync(instance);
        Assert.DoesNotContain(await connection.KeysAsync(), key => key.Contains(":service:"));
    }

    [Fact]
    public async Task Of_two_processes_one_is_killed_under_load_and_no_request_is_lost()
    {
        await using var connection = await ConnectAsync();
        await PublishAsync(connection, 1);
        using var first =
            await StartProcessAsync(connection, "$null = Start-RedisPredictionService m -Name s -Lease 1; 'ready'; " + HostProcess.Wait);
        using var second =
            await StartProcessAsync(connection, "$null = Start-RedisPredictionService m -Name s -Lease 1; 'ready'; " + HostProcess.Wait);
        Assert.Equal("ready", await first.ReadLineAsync());
        Assert.Equal("ready", await second.ReadLineAsync());
        const int Requests = 4000;
        var keys = connection.Keys.Service("s");
        await using var client = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
        // Meanwhile: a reply that nobody takes goes after half a minute.
        var answers = TakeAsync(client, Requests);
        for (int i = 0; i < Requests; i += 20)
        {
            await connection.Database.ListLeftPushAsync(keys.Queue, [.. Enumerable.Range(i, 20).Select(x =>
                (RedisValue)$$$"""{"reply": "{{{keys.ReplyStart}}}{{{x}}}", "features": {"x": {{{x}}}}}""")]);
            if (i == Requests / 2) first.Kill();
            await Task.Delay(5, Cancellation);
        }
        Assert.Equal(Enumerable.Range(1, Requests).Select(x => $$"""{"prediction":{{x}},"version":1}"""), await answers);
        var service = await new PredictionServices(connection).GetAsync("s", Cancellation);
        Assert.Equal(0, service.Waiting);
        Assert.Equal(0, service.Failed);
    }

    [Fact]
    public async Task A_service_is_seen_and_stopped_from_elsewhere()
    {
        await using var connection = await ConnectAsync();
        await PublishAsync(connection, 1);
        var services = new PredictionServices(connection);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => services.GetAsync("s", Cancellation));
        Assert.Equal("ServiceNotFound", error.ErrorId);
        error = await Assert.ThrowsAsync<RedisMLException>(() =>
            PredictionInstance.StartAsync(connection, "s", new("none"), s_fast, Cancellation));
        Assert.Equal("ModelNotFound", error.ErrorId);
        var one = await PredictionInstance.StartAsync(connection, "s", new("m"), s_fast, Cancellation);
        var two = await PredictionInstance.StartAsync(connection, "s", new("m"), s_fast, Cancellation);
        Assert.Equal(["s"], await services.ListAsync(Cancellation));
        Assert.Equal([one.Id, two.Id], (await services.GetAsync("s", Cancellation)).Instances.Select(i => i.Id));
        Assert.Equal(2, await services.StopAsync("s", Patience.Event, Cancellation));
        await Task.WhenAll(one.Completion, two.Completion).WaitAsync(Patience.Event, Cancellation);
        Assert.Empty(await services.ListAsync(Cancellation));

        await using var client = await PredictionClient.ConnectAsync(connection, "s", Cancellation);
        error = await Assert.ThrowsAsync<RedisMLException>(() => client.AskAsync([new("x", 1)], TimeSpan.FromSeconds(0.2), Cancellation));
        Assert.Equal("PredictionTimeout", error.ErrorId);
    }

    static Task PublishAsync(RedisMLConnection connection, int version) => ServedModels.PublishNumberAsync(connection, "m", version);

    static async Task<string> AskAsync(RedisMLConnection client, string body)
    {
        var keys = client.Keys.Service("s");
        string reply = keys.ReplyStart + Guid.NewGuid().ToString("N");
        await client.Database.ListLeftPushAsync(keys.Queue, $$"""{"reply": "{{reply}}", {{body}} }""");
        return await PopAsync(client, reply);
    }

    static async Task<string> PopAsync(RedisMLConnection client, string reply)
    {
        for (int second = 0; second < Patience.Event.TotalSeconds; second++)
            if ((RedisValue[]?)await client.Database.ExecuteAsync("BLPOP", reply, "1") is [_, var answer]) return answer!;
        throw new TimeoutException($"There is no reply in {reply}.");
    }

    /// <summary>The replies to requests from 0 to <paramref name="count"/> - 1, in whatever order they come.</summary>
    static async Task<string[]> TakeAsync(RedisMLConnection client, int count)
    {
        var replies = new string[count];
        string start = client.Keys.Service("s").ReplyStart;
        for (long last = Stopwatch.GetTimestamp(); ; await Task.Delay(20, Cancellation))
        {
            int[] open = [.. Enumerable.Range(0, count).Where(x => replies[x] is null)];
            if (open.Length == 0) return replies;
            Assert.True(Stopwatch.GetElapsedTime(last) < Patience.Event, $"{open.Length} replies are missing, the first {open[0]}.");
            var taken = await Task.WhenAll(open.Select(x => client.Database.ListLeftPopAsync($"{start}{x}")));
            foreach (var (x, reply) in open.Zip(taken).Where(pair => !pair.Second.IsNull))
                (replies[x], last) = (reply!, Stopwatch.GetTimestamp());
        }
    }

    static Task StopAsync(PredictionInstance instance)
    {
        instance.SignalStop();
        return instance.Completion.WaitAsync(Patience.Event, Cancellation);
    }
}

public sealed class PredictionServiceOnEmbeddedServerTests(EmbeddedServerFixture server) : PredictionServiceTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();

    protected override Task<HostProcess> StartProcessAsync(RedisMLConnection connection, string script) => Task.FromResult(new HostProcess(
        "param($Server, $Prefix)\n$null = Connect-RedisML $Server -Prefix $Prefix\n" + script,
        [$"127.0.0.1:{server.Port},password={server.Password}", connection.Prefix]));
}

public sealed class PredictionServiceOnRedisTests(RedisServerFixture server) : PredictionServiceTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();

    protected override Task<HostProcess> StartProcessAsync(RedisMLConnection connection, string script) => Task.FromResult(new HostProcess(
        "param($Server, $Prefix)\n$null = Connect-RedisML $Server -Prefix $Prefix\n" + script, [connection.Endpoint, connection.Prefix]));

    [Fact]
    public async Task A_timeout_is_told_of_though_the_server_does_not_answer_what_is_asked_beside_it()
    {
        // One of its own, as it is held up.
        RedisServer.SkipIfMissing();
        using var own = new RedisServer();
        await using var connection = await own.ConnectAsync();
        var settings = ConnectionSettings.Parse($"{connection.Endpoint},asyncTimeout=120000") with { Prefix = connection.Prefix };
        await using var patient = await RedisMLConnection.ConnectAsync(settings, TestContext.Current.CancellationToken);
        await using var client = await PredictionClient.ConnectAsync(patient, "s", TestContext.Current.CancellationToken);
        var asked = client.AskAsync([new("x", 1)], TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        while (await connection.Database.ListLengthAsync(connection.Keys.Service("s").Queue) == 0) await Task.Yield();
        await connection.Database.ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        try
        {
            var error = await Assert.ThrowsAsync<RedisMLException>(
                () => asked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            Assert.Equal("PredictionTimeout", error.ErrorId);
        }
        finally
        {
            await connection.Database.ExecuteAsync("CLIENT", "UNPAUSE");
        }
    }
}
