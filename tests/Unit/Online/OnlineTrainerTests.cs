using System.Text;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Online;
using RedisML.Serving;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;
using StackExchange.Redis;

namespace RedisML.Unit.Online;

/// <summary>Online training as a whole: exactly once, whatever dies, from a list on both servers and from a stream on a real one.</summary>
public sealed class OnlineTrainerTests(EmbeddedServerFixture embedded, RedisServerFixture redis)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<ServerKind, SampleSourceKind> Places => new()
    {
        { ServerKind.Embedded, SampleSourceKind.List },
        { ServerKind.Redis, SampleSourceKind.Stream },
    };

    [Theory]
    [InlineData(ServerKind.Embedded, SampleSourceKind.List)]
    [InlineData(ServerKind.Redis, SampleSourceKind.List)]
    [InlineData(ServerKind.Redis, SampleSourceKind.Stream)]
    public async Task Samples_are_learned_and_published_and_what_cannot_be_is_put_aside(ServerKind server, SampleSourceKind kind)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        await AddAsync(connection, kind, 0, 500);
        var key = connection.Keys.Samples("s").Samples;
        if (kind == SampleSourceKind.List) await connection.Database.ListRightPushAsync(key, "{\"a\": 1}");
        else await connection.Database.StreamAddAsync(key, "a", "1");
        await AddAsync(connection, kind, 500, 1000);
        await TrainAsync(connection, kind, new() { Once = true, Alias = "live", BatchSize = 64 });
        var training = await new OnlineTrainings(connection).GetAsync("m", Cancellation);
        Assert.Equal((1000L, 1L, OnlineTrainingState.Stopped), (training.Samples, training.Rejected, training.State));
        Assert.InRange(training.Accuracy!.Value, 0.85, 1);
        Assert.Contains("'colour' is missing", Assert.Single(await new OnlineTrainings(connection).RejectedAsync(training, Cancellation)));
        Assert.Equal(kind == SampleSourceKind.List ? 0L : null, training.Waiting);
        var model = await new ModelStore(connection).GetAsync(ModelReference.Parse("m@live"), Cancellation);
        Assert.Equal((1L, "Logistic", 1000L), (model.Version, model.Algorithm, model.Definition!.Lineage.RowsUsed));
        var metrics = await new OnlineTrainings(connection).FindMetricsAsync(training.Id, Cancellation);
        Assert.Equal([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000], metrics!.Where(m => m.Name == "loss").Select(m => m.Step));

        // Goes on where it was, and publishes only where there is something new.
        await TrainAsync(connection, kind, new() { Once = true }, resume: true);
        Assert.Equal(1, (await new ModelStore(connection).GetAsync("m", null, Cancellation)).Version);
        await AddAsync(connection, kind, 1000, 1010);
        await TrainAsync(connection, kind, new() { Once = true }, resume: true);
        Assert.Equal(1010, (await new ModelStore(connection).GetAsync("m", null, Cancellation)).Definition!.Lineage.RowsUsed);
        await new OnlineTrainings(connection).RemoveAsync("m", Cancellation);
        Assert.DoesNotContain(await connection.KeysAsync(), k => k.Contains(":samples:") && k != (string)key! || k.EndsWith(":online"));
    }

    /// <summary>Each that takes over fences the one before it, at whatever point that is; the last has what one alone would have.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public async Task Of_two_trainers_one_is_fenced_and_no_sample_is_lost_or_learned_twice(ServerKind server, SampleSourceKind kind)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        await AddAsync(connection, kind, 0, 100);
        List<OnlineTrainer> trainers = [await StartAsync(connection, kind, new() { BatchSize = 7 })];
        int added = 100;
        for (int i = 0; i < 6; i++)
        {
            await AddAsync(connection, kind, added, added += 100);
            trainers.Add(await StartAsync(connection, kind, new() { BatchSize = 5 + i, Force = true }, resume: true));
        }
        // One that is fenced notices when it has something to commit, or a second later.
        for (; trainers[..^1].Any(trainer => !trainer.Completion.IsCompleted); added += 10)
        {
            await AddAsync(connection, kind, added, added + 10);
            await Task.Delay(10, Cancellation);
            Assert.True(added < 100_000, "Nobody is fenced.");
        }
        foreach (var trainer in trainers[..^1])
            Assert.Equal("OnlineTrainingTakenOver", (await Assert.ThrowsAsync<RedisMLException>(() => trainer.Completion)).ErrorId);
        // None of them took the lease of the last one, or ended it.
        Assert.Equal(trainers[^1].Id, (await new OnlineTrainings(connection).GetAsync("m", Cancellation)).Trainer?.Id);
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            StartAsync(connection, kind, new() { Lease = TimeSpan.FromSeconds(0.5) }, resume: true));
        Assert.Equal("OnlineTrainingActive", error.ErrorId);
        await AwaitAsync(connection, added);
        await StopAsync(trainers[^1]);
        await AssertUndisturbedAsync(connection, kind, added);
    }

    /// <summary>A process that learns, ended at some point as kill -9 does; its successor goes on.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_trainer_that_is_killed_leaves_the_state_of_one_that_was_not(ServerKind server, SampleSourceKind kind)
    {
        await using var connection = await server.ConnectAsync(embedded, redis);
        int added = 0;
        for (int kill = 0; kill < 3; kill++)
        {
            // So many that it dies at work.
            int enough = added + new Random(kill).Next(100, 500);
            await AddAsync(connection, kind, added, added += 1500);
            using var process = new NodeProcess(
                server == ServerKind.Embedded ? $"127.0.0.1:{embedded.Port},password={embedded.Password}" : connection.Endpoint,
                connection.Prefix, "learn", JsonSerializer.Serialize(kill > 0 ? new() { Model = "m" } : Options(kind)), "3");
            while (await LearnedAsync(connection) < enough) await Task.Delay(1, Cancellation);
            process.Kill();
        }
        Assert.True(await LearnedAsync(connection) < added, "It was done before it was killed.");
        await UntilAsync(async () =>
        {
            var training = await new OnlineTrainings(connection).GetAsync("m", Cancellation);
            return training.State == OnlineTrainingState.Stopped;
        });
        await TrainAsync(connection, kind, new() { Once = true }, resume: true);
        await AssertUndisturbedAsync(connection, kind, added);
    }

    /// <summary>A server that is killed while the trainer learns, and comes back with its log.</summary>
    [Theory]
    [InlineData(SampleSourceKind.List)]
    [InlineData(SampleSourceKind.Stream)]
    public async Task A_server_that_is_killed_and_has_its_log_goes_on_to_the_same_state(SampleSourceKind kind)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("appendonly yes", "appendfsync always");
        await using var connection = await server.ConnectAsync();
        await AddAsync(connection, kind, 0, 2000);
        var trainer = await StartAsync(connection, kind, new() { BatchSize = 10 });
        foreach (int learned in new[] { 300, 1000 })
        {
            await AwaitAsync(connection, learned);
            server.Kill();
            server.Restart();
        }
        await AwaitAsync(connection, 2000);
        await StopAsync(trainer);
        await AssertUndisturbedAsync(connection, kind, 2000);
    }

    [Fact]
    public async Task A_service_that_follows_the_alias_learns_while_it_serves()
    {
        await using var connection = await embedded.ConnectAsync();
        await AddAsync(connection, SampleSourceKind.List, 0, 300);
        var trainer = await StartAsync(connection, SampleSourceKind.List,
            new() { Alias = "live", PublishInterval = TimeSpan.FromMilliseconds(50), KeptVersions = 2 });
        var models = new ModelStore(connection);
        await UntilAsync(async () => await models.ListAsync(Cancellation) is ["m"]
            && (await models.VersionsAsync("m", Cancellation)).Any(version => version.Aliases is ["live"]));
        var service = await PredictionInstance.StartAsync(connection, "s", ModelReference.Parse("m@live"),
            new() { FollowInterval = TimeSpan.FromMilliseconds(20) }, Cancellation);
        long first = service.Status.Version;
        for (int round = 0; service.Status.Version < first + 3; round++)
        {
            await AddAsync(connection, SampleSourceKind.List, 300 + round, 301 + round);
            await Task.Delay(30, Cancellation);
            Assert.True(round < 4000, "The service doesn't follow.");
        }
        service.SignalStop();
        await service.Completion.WaitAsync(Patience.Event, Cancellation);
        Assert.True(await new OnlineTrainings(connection).StopAsync("m", Patience.Event, Cancellation));
        await trainer.Completion.WaitAsync(Patience.Event, Cancellation);
        Assert.InRange((await models.VersionsAsync("m", Cancellation)).Count, 1, 3);
        Assert.False(await new OnlineTrainings(connection).StopAsync("m", Patience.Event, Cancellation));
    }

    /// <summary>Labels that come later, too late, twice, and to nothing; the trainer changes in between.</summary>
    [Fact]
    public async Task Labels_of_another_stream_find_their_samples()
    {
        await using var connection = await redis.ConnectAsync();
        var (samples, labels) = (connection.Keys.Samples("s").Samples, connection.Keys.Samples("later").Samples);
        for (int i = 0; i < 400; i++)
        {
            await connection.Database.StreamAddAsync(samples,
                [new("id", i), .. OnlineSamples.Entry("Logistic", i).Where(field => field.Name != "y")], $"{1000 + i}-1");
            // Of ten, one is never told and one too late; the last have no label yet.
            if (i < 350 && i % 10 is not (3 or 4)) await LabelAsync(i, 1050 + i);
        }
        await LabelAsync(342, 1500);
        await LabelAsync(99999, 1501);
        await connection.Database.StreamAddAsync(labels, "y", "yes", "1502-1");
        for (int i = 4; i < 350; i += 10) await LabelAsync(i, 3000 + i);
        async Task LabelAsync(int sample, int time) => await connection.Database.StreamAddAsync(labels,
            [new("id", sample), new("y", OnlineSamples.Fields("Logistic", sample).Last().Value)], $"{time}-1");

        var options = Options(SampleSourceKind.Stream) with { LabelStream = "later", Key = "id", Window = TimeSpan.FromMilliseconds(200) };
        await RunAsync(connection, options, new() { Once = true, BatchSize = 37 });
        var one = await new OnlineTrainings(connection).GetAsync("m", Cancellation);
        var oneState = await StateAsync(connection, "m");
        Assert.Equal((280L, 120L, 37L, 1L, 0L), (one.Samples, one.Figures.Unlabelled, one.Figures.Unmatched, one.Rejected,
            one.Figures.Pending));

        // Cut otherwise, and gone on with by others: the same.
        foreach (int batch in new[] { 5, 11, 100 })
            await RunAsync(connection, options with { Model = "n" }, new() { Once = true, BatchSize = batch });
        Assert.Equal(oneState, await StateAsync(connection, "n"));
    }

    [Fact]
    public async Task Samples_that_a_stream_trimmed_unread_are_noticed()
    {
        await using var connection = await redis.ConnectAsync();
        var key = connection.Keys.Samples("s").Samples;
        await AddAsync(connection, SampleSourceKind.Stream, 0, 100);
        await connection.Database.StreamTrimAsync(key, 90);
        await TrainAsync(connection, SampleSourceKind.Stream, new() { Once = true });
        await AddAsync(connection, SampleSourceKind.Stream, 100, 300);
        await connection.Database.StreamTrimAsync(key, 150);
        await TrainAsync(connection, SampleSourceKind.Stream, new() { Once = true }, resume: true);
        var figures = (await new OnlineTrainings(connection).GetAsync("m", Cancellation)).Figures;
        // The ten that were gone before the training are none of its own.
        Assert.Equal((240L, 50L), (figures.Samples, figures.Trimmed));
    }

    [Fact]
    public async Task What_cannot_be_learned_is_refused_and_a_source_that_goes_wrong_harms_nothing()
    {
        await using var connection = await redis.ConnectAsync();
        var database = connection.Database;
        await FailsAsync("NoSample", Options(SampleSourceKind.List));
        await FailsAsync("NoSample", Options(SampleSourceKind.Stream));
        await FailsAsync("OptionMissing", new() { Model = "m" });
        await FailsAsync("InvalidName", Options(SampleSourceKind.List) with { Model = "a b" });
        await AddAsync(connection, SampleSourceKind.List, 0, 50);
        await FailsAsync("AlgorithmNotFound", Options(SampleSourceKind.List) with { Algorithm = "Boosted" });
        await FailsAsync("ColumnNotFound", Options(SampleSourceKind.List) with { Label = "z" });
        await FailsAsync("LabelNotNumeric", Options(SampleSourceKind.List) with { Algorithm = "Linear" });
        await FailsAsync("NoFeature", Options(SampleSourceKind.List) with { ExcludedFeatures = ["a", "b", "k", "colour"] });
        await FailsAsync("ValueOutOfRange", Options(SampleSourceKind.List) with { LearningRate = -1 });
        await FailsAsync("ModelNotFound", Options(SampleSourceKind.List) with { InitialModel = new("none") });
        await FailsAsync("RedisWrongType", Options(SampleSourceKind.Stream));
        Assert.Equal([(string)connection.Keys.Samples("s").Samples!], await connection.KeysAsync());

        await TrainAsync(connection, SampleSourceKind.List, new() { Once = true });
        await FailsAsync("OnlineTrainingDiffers", Options(SampleSourceKind.List) with { Algorithm = "Softmax" });
        await FailsAsync("SamplesInUse", Options(SampleSourceKind.List) with { Model = "other" }, before: () =>
            AddAsync(connection, SampleSourceKind.List, 0, 1));

        // The list becomes a string, and a list again.
        var key = connection.Keys.Samples("s").Samples;
        var trainer = await StartAsync(connection, SampleSourceKind.List, new(), resume: true);
        await AwaitAsync(connection, 51);
        var before = await StateAsync(connection, "m");
        await database.StringSetAsync(key, "oops");
        await UntilAsync(() => Task.FromResult(trainer.Status.LastError?.Contains("WRONGTYPE") == true));
        Assert.Equal(before, await StateAsync(connection, "m"));
        await database.KeyDeleteAsync(key);
        await AddAsync(connection, SampleSourceKind.List, 51, 60);
        await AwaitAsync(connection, 60);
        Assert.Null(trainer.Status.LastError);

        // What lies there is data: a state that is none is an error, and so is one that was removed.
        await database.HashSetAsync(connection.Keys.Samples("s").State("m"), "numbers", new byte[100]);
        await StopAsync(trainer);
        await FailsAsync("InvalidOnlineState", new() { Model = "m" });
        await new OnlineTrainings(connection).RemoveAsync("m", Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => new OnlineTrainings(connection).GetAsync("m", Cancellation));
        Assert.Equal("OnlineTrainingNotFound", error.ErrorId);

        async Task FailsAsync(string id, OnlineStartOptions options, Func<Task>? before = null)
        {
            if (before is not null) await before();
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => OnlineTrainer.StartAsync(connection, options, new(), Cancellation));
            Assert.Equal(id, connection.Explain(failure)?.ErrorId);
        }
    }

    static OnlineStartOptions Options(SampleSourceKind kind) => new()
    {
        Model = "m", SourceKind = kind, Source = "s", Algorithm = "Logistic", Label = "y", LearningRate = 0.5, L1 = 0.01,
        MetricInterval = 100,
    };

    static Task<OnlineTrainer> StartAsync(
        RedisMLConnection connection, SampleSourceKind kind, TrainerOptions options, bool resume = false) =>
        OnlineTrainer.StartAsync(connection, resume ? new() { Model = "m" } : Options(kind), options, Cancellation);

    static async Task TrainAsync(RedisMLConnection connection, SampleSourceKind kind, TrainerOptions options, bool resume = false) =>
        await (await StartAsync(connection, kind, options, resume)).Completion.WaitAsync(Patience.Event, Cancellation);

    static async Task RunAsync(RedisMLConnection connection, OnlineStartOptions start, TrainerOptions options) =>
        await (await OnlineTrainer.StartAsync(connection, start, options, Cancellation)).Completion.WaitAsync(Patience.Event, Cancellation);

    static Task StopAsync(OnlineTrainer trainer)
    {
        trainer.SignalStop();
        return trainer.Completion.WaitAsync(Patience.Event, Cancellation);
    }

    static async Task AddAsync(RedisMLConnection connection, SampleSourceKind kind, int from, int to)
    {
        var key = connection.Keys.Samples("s").Samples;
        await Task.WhenAll(Enumerable.Range(from, to - from).Select(i => kind == SampleSourceKind.List
            ? (Task)connection.Database.ListRightPushAsync(key, OnlineSamples.Json("Logistic", i))
            : connection.Database.StreamAddAsync(key, OnlineSamples.Entry("Logistic", i))));
    }

    /// <summary>Samples learned, as of the last commit.</summary>
    static async Task<long> LearnedAsync(RedisMLConnection connection) =>
        (await new OnlineTrainings(connection).FindAsync("m", Cancellation))?.Samples ?? 0;

    static Task AwaitAsync(RedisMLConnection connection, long samples) =>
        UntilAsync(async () => await LearnedAsync(connection) >= samples);

    static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (int i = 0; !await holds(); i++)
        {
            Assert.True(i < 6000, "It didn't come to that.");
            await Task.Delay(20, Cancellation);
        }
    }

    /// <summary>The state equals, to the bit, that of a trainer that nobody disturbed.</summary>
    static async Task AssertUndisturbedAsync(RedisMLConnection connection, SampleSourceKind kind, int samples)
    {
        var state = await StateAsync(connection, "m");
        await using var other = await RedisMLConnection.ConnectAsync(
            connection.Settings with { Prefix = $"{connection.Prefix}-alone" }, Cancellation);
        await AddAsync(other, kind, 0, samples);
        await TrainAsync(other, kind, new() { Once = true });
        Assert.Equal(samples, await LearnedAsync(connection));
        Assert.Equal(await StateAsync(other, "m"), state);
    }

    /// <summary>But for the ids of entries, which are times.</summary>
    static async Task<SortedDictionary<string, string>> StateAsync(RedisMLConnection connection, string model)
    {
        var digest = OnlineSamples.Digest(await connection.Database.HashGetAllAsync(connection.Keys.Samples("s").State(model)));
        if (Encoding.ASCII.GetString(Convert.FromHexString(digest["offset"])).Contains('-')) digest.Remove("offset");
        return digest;
    }
}
