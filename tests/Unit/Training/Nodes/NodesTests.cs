using RedisML.Connections;
using RedisML.Errors;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>Several nodes of a run, in this process, over a real server and the embedded one.</summary>
public sealed class NodesTests(EmbeddedServerFixture embedded, RedisServerFixture redis)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ServerKind.Redis, "Logistic")]
    [InlineData(ServerKind.Redis, "Linear")]
    [InlineData(ServerKind.Embedded, "Logistic")]
    public async Task Any_number_of_nodes_gives_the_same_bits(ServerKind kind, string algorithm)
    {
        await using var fixture = await RunFixture.CreateAsync(await kind.ConnectAsync(embedded, redis));
        var specification = RunFixture.Specification with { Algorithm = algorithm };
        long[]? first = null;
        foreach (int nodes in new[] { 1, 2, 3, 6 })
        {
            var start = await fixture.StartAsync(RunFixture.Staying(nodes), specification, $"m{nodes}");
            var others = new List<ModelTraining>();
            for (int i = 1; i < nodes; i++) others.Add(await fixture.JoinAsync(start.Run.Id));
            var runs = await Task.WhenAll(others.Prepend(start).Select(t => t.Completion)).WaitAsync(Patience.Event, Cancellation);
            Assert.All(runs, run => Assert.Equal((RunState.Completed, 1L, nodes), (run.State, run.ModelVersion, run.Nodes)));
            var bits = await fixture.BitsAsync($"m{nodes}");
            Assert.Equal(first ??= bits, bits);
        }
    }

    [Fact]
    public async Task A_long_sum_goes_in_slices_with_the_same_bits()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync());
        // 1,500 levels times 7 classes: more than 64 KB.
        var specification = RunFixture.Specification with
        {
            Algorithm = "Softmax",
            Label = "k",
            Derived = [new("level", "floor(b * 15)")],
            Features = ["a", "level"],
            Categories = ["level"],
            MaxIteration = 5,
        };
        await (await fixture.StartAsync(new(), specification, "one")).Completion.WaitAsync(Patience.Event, Cancellation);
        var start = await fixture.StartAsync(RunFixture.Staying(5), specification, "five");
        List<ModelTraining> all = [start];
        for (int i = 1; i < 5; i++) all.Add(await fixture.JoinAsync(start.Run.Id));
        await Task.WhenAll(all.Select(t => t.Completion)).WaitAsync(Patience.Event, Cancellation);
        Assert.Equal(await fixture.BitsAsync("one"), await fixture.BitsAsync("five"));
    }

    [Fact]
    public async Task A_node_that_comes_at_half_time_is_let_in_and_the_result_is_the_same()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync());
        var start = await fixture.StartAsync(RunFixture.Options, RunFixture.Endless, "joined");
        await fixture.WaitAsync(start.Run.Id, run => run.Step > 10);
        var joined = await fixture.JoinAsync(start.Run.Id);
        var both = await fixture.WaitAsync(start.Run.Id, run => run.Nodes == 2);
        await fixture.WaitAsync(start.Run.Id, run => run.Step > both.Step + 20);
        await fixture.Runs.StopAsync(start.Run.Id, Cancellation);
        foreach (var node in new[] { start, joined })
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Completion.WaitAsync(Patience.Event, Cancellation));
        var course = await CourseAsync(start.Run.Id);
        Assert.True(course.Count > both.Step + 20, $"{course.Count} steps");

        var specification = RunFixture.Endless with { MaxIteration = course.Count };
        var alone = await (await fixture.StartAsync(new(), specification, "alone")).Completion.WaitAsync(Patience.Event, Cancellation);
        Assert.Equal(course, await CourseAsync(alone.Id));

        async Task<List<(long, long)>> CourseAsync(string id) => [.. (await fixture.Runs.MetricsAsync(id, Cancellation))
            .Where(metric => metric.Name == "loss").Select(metric => (metric.Step, BitConverter.DoubleToInt64Bits(metric.Value)))];
    }

    [Fact]
    public async Task Too_few_nodes_fail_the_run_at_its_deadline_and_say_who_was_there()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), rows: 3000);
        var start = await fixture.StartAsync(RunFixture.Options with { NodeCount = 3, JoinTimeout = 1 });
        var error = await Assert.ThrowsAsync<RedisMLException>(() => start.Completion.WaitAsync(Patience.Event, Cancellation));
        Assert.Equal("TooFewNodes", error.ErrorId);
        Assert.Contains("only 1 of 3 nodes", error.Message);
        Assert.Equal(RunState.Failed, (await fixture.Runs.GetAsync(start.Run.Id, Cancellation)).State);
    }

    [Fact]
    public async Task A_stopped_run_goes_on_where_it_was()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync());
        var specification = RunFixture.Endless with { MaxIteration = 400 };
        await (await fixture.StartAsync(new(), specification, "whole")).Completion.WaitAsync(Patience.Event, Cancellation);
        foreach (var (model, options) in new[] { ("alone", new NodeOptions { NodeTimeout = 1 }),
            ("two", RunFixture.Staying(2)) })
        {
            var start = await fixture.StartAsync(options, specification, model);
            var other = options.NodeCount == 2 ? await fixture.JoinAsync(start.Run.Id) : start;
            await fixture.WaitAsync(start.Run.Id, run => run.Step > 20);
            Assert.True(await fixture.Runs.StopAsync(start.Run.Id, Cancellation));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Completion.WaitAsync(Patience.Event, Cancellation));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other.Completion.WaitAsync(Patience.Event, Cancellation));
            var stopped = await fixture.Runs.GetAsync(start.Run.Id, Cancellation);
            Assert.Equal(RunState.Stopped, stopped.State);
            Assert.True(stopped.CheckpointStep > 20);
            var resumed = await fixture.ResumeAsync(start.Run.Id);
            Assert.Equal(RunState.Completed, (await resumed.Completion.WaitAsync(Patience.Event, Cancellation)).State);
            Assert.Equal(await fixture.BitsAsync("whole"), await fixture.BitsAsync(model));
        }
    }

    /// <summary>It neither begins anew at the step where it was, nor goes on from what somebody else made of it.</summary>
    [Theory]
    [InlineData("missing")]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("another's")]
    public async Task A_stopped_run_whose_checkpoint_is_not_what_was_written_says_so(string fault)
    {
        await using var fixture = await RunFixture.CreateAsync(await embedded.ConnectAsync());
        var start = await fixture.StartAsync(new(), RunFixture.Endless);
        await fixture.WaitAsync(start.Run.Id, run => run.Step > 5);
        Assert.True(await fixture.Runs.StopAsync(start.Run.Id, Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Completion.WaitAsync(Patience.Event, Cancellation));
        var database = fixture.Connection.Database;
        var key = (string)(await database.HashGetAsync(fixture.Connection.Keys.Run(start.Run.Id).Control, "ckpt"))!;
        var blob = (byte[])(await database.StringGetAsync(key))!;
        if (fault == "missing") await database.KeyDeleteAsync(key);
        else await database.StringSetAsync(key, fault switch
        {
            "cut" => blob[..^1],
            "changed" => [.. blob[..^1], (byte)(blob[^1] ^ 1)],
            _ => RunBlob.Join(RunBlob.Header("another", "1.0", start.Run.Step, "a.1", blob), blob),
        });

        var resumed = await fixture.ResumeAsync(start.Run.Id);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => resumed.Completion.WaitAsync(Patience.Event, Cancellation));
        Assert.Equal(("CheckpointLost", key), (error.ErrorId, error.Target));
    }

    [Fact]
    public async Task Runs_leave_no_connection_and_no_subscription_behind()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer(); // of which this test has all connections
        await using var fixture = await RunFixture.CreateAsync(
            await RedisMLConnection.ConnectAsync(ConnectionSettings.For("127.0.0.1", server.Port), Cancellation), rows: 3000);
        await TrainAsync();
        int connections = await CountAsync("CLIENT", "LIST");
        for (int i = 0; i < 3; i++) await TrainAsync();
        Assert.Equal(connections, await CountAsync("CLIENT", "LIST"));
        Assert.Empty((StackExchange.Redis.RedisResult[])(
            await fixture.Connection.Database.ExecuteAsync("PUBSUB", "CHANNELS", $"{fixture.Connection.Prefix}:run:*"))!);

        async Task TrainAsync()
        {
            var start = await fixture.StartAsync(RunFixture.Staying(2));
            var other = await fixture.JoinAsync(start.Run.Id);
            await Task.WhenAll(start.Completion, other.Completion).WaitAsync(Patience.Event, Cancellation);
        }

        async Task<int> CountAsync(params string[] command) =>
            ((string)(await fixture.Connection.Database.ExecuteAsync(command[0], command[1]))!)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    [Fact]
    public async Task Metrics_are_kept_by_step_and_a_removed_run_leaves_nothing()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), rows: 3000);
        var run = await (await fixture.StartAsync(RunFixture.Options)).Completion.WaitAsync(Patience.Event, Cancellation);
        var metrics = await fixture.Runs.MetricsAsync(run.Id, Cancellation);
        Assert.Equal(Enumerable.Range(1, run.Step).Select(i => (long)i), metrics.Select(m => m.Step));
        Assert.Equal(run.Loss, metrics[^1].Value);
        Assert.Equal([run.Id], await fixture.Runs.ListAsync(Cancellation));
        Assert.True(await fixture.Runs.RemoveAsync(run.Id, Cancellation));
        Assert.DoesNotContain(await fixture.Connection.KeysAsync(), key => key.Contains(run.Id));
        Assert.False(await fixture.Runs.RemoveAsync(run.Id, Cancellation));
    }
}
