using System.Security.Cryptography;
using System.Text;
using RedisML.Algorithms.Language;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Online;
using RedisML.Runs;
using RedisML.Sealing;
using RedisML.Serving;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;
using StackExchange.Redis;

namespace RedisML.Unit.Sealing;

/// <summary>What lies on a real redis-server behind a key: whatever is written is sealed, whatever isn't is refused.</summary>
public sealed class SealedServerTests(RedisServerFixture redis) : IDisposable
{
    /// <summary>Each is in a row, a name of a column, a tag, an option or a sample; none may be seen.</summary>
    static readonly string[] s_secrets = ["zebra", "stripes", "savanna", "gnu-herd", "lion's share", "hyena", "kudu", "okapi", "17.6253"];

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    static EncryptionKey NewKey() => EncryptionKey.FromBytes(RandomNumberGenerator.GetBytes(EncryptionKey.Length));

    Task<RedisMLConnection> ConnectAsync(EncryptionKey? key = null, string? prefix = null) => RedisMLConnection.ConnectAsync(
        redis.NewSettings() with { EncryptionKey = key, Prefix = prefix ?? TestPrefix.New() }, Cancellation);

    static string Csv => "savanna,stripes\n" + string.Concat(Enumerable.Range(0, 300).Select(i =>
        $"{(i % 3 == 0 ? "zebra" : "gnu-herd")},{i % 3 + 17.6253 * (i % 7)}\n"));

    async Task<Dataset> ImportAsync(RedisMLConnection connection, string name = "plain")
    {
        await DatasetImport.RunAsync(connection, _folder.Write($"{name}.csv", Csv), new() { Dataset = name, Label = "stripes" }, null,
            Cancellation);
        return await new DatasetStore(connection).GetAsync(name, null, Cancellation);
    }

    static async Task<TrainingRun> TrainAsync(RedisMLConnection connection, Dataset dataset, string model = "trained") =>
        await RunFixture.Work(await ModelTraining.StartAsync(connection, dataset, model,
            new() { Algorithm = "Linear", Label = "stripes", Features = ["savanna"] }, 1, new(), Cancellation)).Completion;

    [Fact]
    public async Task Nothing_of_a_dataset_a_model_or_a_run_is_to_be_seen_and_all_of_it_is_read_again()
    {
        await using var connection = await ConnectAsync(NewKey());
        var dataset = await ImportAsync(connection);
        await TrainAsync(connection, dataset);
        var models = new ModelStore(connection);
        var model = await models.GetAsync("trained", null, Cancellation);
        await models.DescribeAsync(model, "the lion's share", new Dictionary<string, string> { ["kudu"] = "okapi" }, Cancellation);
        Tensor large = new(Enumerable.Repeat(17.6253, 300_000).ToArray(), 300_000);
        ParameterChange change = new() { Set = [new("text", new Scalar("hyena")), new("large", large)] };
        await models.ChangeParametersAsync("hand", change, Cancellation);
        await models.ChangeParametersAsync("hand", change with { Storage = new() { Compression = ParameterCompression.Zstandard } },
            Cancellation);
        await models.ChangeParametersAsync("hand", new() { Add = [new("sum", new Scalar(17.6253))] }, Cancellation);
        await models.ChangeParametersAsync("hand", new() { Add = [new("sum", new Scalar(1))] }, Cancellation);
        await AssertUnseenAsync(connection);

        Assert.Equal(300, (await connection.RowsAsync("plain")).Count(row => row[0] is "zebra" or "gnu-herd"));
        model = await models.GetAsync("trained", null, Cancellation);
        Assert.Equal(("the lion's share", "okapi"), (model.Description, model.Tags["kudu"]));
        Assert.Equal("stripes", model.Definition!.Pipeline!.Label.Column);
        var hand = await models.GetAsync("hand", null, Cancellation);
        var parameters = (await models.ReadParametersAsync(hand, null, Cancellation)).ToDictionary();
        Assert.Equal("hyena", ((Scalar)parameters["text"]).Value);
        Assert.Equal(18.6253, parameters["sum"].ToDoubles()[0], 12);
        Assert.All(parameters["large"].ToDoubles(), value => Assert.Equal(17.6253, value));
        var slice = await models.ReadSliceAsync(hand, "large", TensorSlice.Parse("5:6"), Cancellation);
        Assert.Equal(17.6253, Assert.Single(slice.ToDoubles()));
        // The pieces that were replaced are gone.
        Assert.Equal(4, (await connection.KeysAsync()).Count(key => key.Contains(":piece:")));
        // A version that was trained is copied where it is changed.
        await models.ChangeParametersAsync("trained", new() { Set = [new("more", new Scalar(1))] }, Cancellation);
        Assert.Equal("stripes", (await models.GetAsync("trained", null, Cancellation)).Definition!.Pipeline!.Label.Column);
    }

    [Fact]
    public async Task Nodes_that_share_a_sealed_run_come_to_the_bits_of_an_open_one()
    {
        await using var open = await ConnectAsync();
        await using var fixture = await RunFixture.CreateAsync(open, 6000);
        await (await fixture.StartAsync(new() { NodeCount = 1 })).Completion;
        await using var closed = await ConnectAsync(NewKey());
        await using var other = await RunFixture.CreateAsync(closed, 6000);
        var first = await other.StartAsync(RunFixture.Staying(2));
        var second = await other.JoinAsync(first.Run.Id);
        // While it is under way: what they exchange, the specification, checkpoints.
        await AssertUnseenAsync(closed, "redisml1 ", "\"features\"", "\"Logistic\"");
        await Task.WhenAll(first.Completion, second.Completion);
        Assert.Equal(await fixture.BitsAsync("m"), await other.BitsAsync("m"));
    }

    [Fact]
    public async Task Samples_what_is_learned_of_them_and_requests_are_sealed()
    {
        await using var connection = await ConnectAsync(NewKey());
        var stranger = connection.Database;
        foreach (var kind in new[] { SampleSourceKind.List, SampleSourceKind.Stream })
        {
            string name = $"{kind}";
            var writer = new SampleWriter(connection, kind, name);
            for (int i = 0; i < 200; i++)
                writer.Send([new("savanna", i % 2 == 0 ? "zebra" : "kudu"), new("stripes", i % 2 == 0 ? "okapi" : "hyena")]);
            await writer.FlushAsync(Cancellation);
            // Who has no key adds nothing.
            var key = connection.Keys.Samples(name).Samples;
            if (kind == SampleSourceKind.List) await stranger.ListRightPushAsync(key, "{\"other\":\"x\"}");
            else await stranger.StreamAddAsync(key, "other", "x");
            await AssertUnseenAsync(connection);
            var start = new OnlineStartOptions
            {
                Model = $"m{kind}", Source = name, SourceKind = kind, Algorithm = "Logistic", Label = "stripes",
            };
            await (await OnlineTrainer.StartAsync(connection, start, new() { Once = true }, Cancellation)).Completion;
            var training = await new OnlineTrainings(connection).GetAsync($"m{kind}", Cancellation);
            Assert.Equal((200, 1), (training.Samples, training.Rejected));
            Assert.Contains("sealed", Assert.Single(await new OnlineTrainings(connection).RejectedAsync(training, Cancellation)));
            Assert.Equal("stripes", (await new ModelStore(connection).GetAsync($"m{kind}", null, Cancellation)).Definition!.Pipeline!
                .Label.Column);
            await AssertUnseenAsync(connection);
        }
        var instance = await PredictionInstance.StartAsync(connection, "s", new("mList"), new(), Cancellation);
        await using (var client = await PredictionClient.ConnectAsync(connection, "s", Cancellation))
        {
            var answer = await client.AskAsync([new("savanna", "zebra")], Patience.Event, Cancellation);
            Assert.Equal("okapi", answer.Prediction);
        }
        instance.SignalStop();
        await instance.Completion;
        await AssertUnseenAsync(connection);
    }

    /// <summary>A sample that waits for its label waits under a name that says nothing of its key.</summary>
    [Fact]
    public async Task Samples_that_wait_for_their_labels_are_sealed_with_their_keys()
    {
        await using var connection = await ConnectAsync(NewKey());
        var samples = new SampleWriter(connection, SampleSourceKind.Stream, "s");
        var labels = new SampleWriter(connection, SampleSourceKind.Stream, "l");
        for (int i = 0; i < 40; i++)
        {
            samples.Send([new("kudu", $"okapi-{i}"), new("savanna", i)]);
            if (i < 20) labels.Send([new("kudu", $"okapi-{i}"), new("stripes", 2 * i)]);
        }
        await samples.FlushAsync(Cancellation);
        await labels.FlushAsync(Cancellation);
        var start = new OnlineStartOptions
        {
            Model = "m", Source = "s", SourceKind = SampleSourceKind.Stream, LabelStream = "l", Key = "kudu", Algorithm = "Linear",
            Label = "stripes",
        };
        await (await OnlineTrainer.StartAsync(connection, start, new() { Once = true }, Cancellation)).Completion;
        await AssertUnseenAsync(connection);
        for (int i = 20; i < 40; i++) labels.Send([new("kudu", $"okapi-{i}"), new("stripes", 2 * i)]);
        await labels.FlushAsync(Cancellation);
        await (await OnlineTrainer.StartAsync(connection, new() { Model = "m" }, new() { Once = true }, Cancellation)).Completion;
        var training = await new OnlineTrainings(connection).GetAsync("m", Cancellation);
        Assert.Equal((40, 0L), (training.Samples, training.Figures.Pending));
        var fields = await connection.Database.HashKeysAsync(connection.Keys.Samples("s").State("m"));
        Assert.DoesNotContain(fields, field => field.StartsWith("p:"));
    }

    [Fact]
    public async Task Without_the_key_names_alone_are_told_and_with_another_one_nothing()
    {
        var key = NewKey();
        await using var connection = await ConnectAsync(key);
        await TrainAsync(connection, await ImportAsync(connection));
        string run = Assert.Single(await new RunStore(connection).ListAsync(Cancellation));
        var wrong = await Assert.ThrowsAsync<RedisMLException>(() => ConnectAsync(NewKey(), connection.Prefix));
        Assert.Equal(("WrongEncryptionKey", ErrorKind.AuthenticationError), (wrong.ErrorId, wrong.Kind));
        Assert.Contains(key.Id, wrong.Message);

        await using var open = await ConnectAsync(null, connection.Prefix);
        var errors = new List<RedisMLException>();
        Assert.Empty(await new DatasetStore(open).ListAsync(_ => true, Cancellation, errors.Add));
        Assert.Equal("EncryptionKeyRequired", Assert.Single(errors).ErrorId);
        Assert.Equal(["plain"], await new DatasetStore(open).NamesAsync(Cancellation));
        Assert.Equal(["trained"], await new ModelStore(open).ListAsync(Cancellation));
        Func<Task>[] reads =
        [
            () => open.RowsAsync("plain"), () => new ModelStore(open).GetAsync("trained", null, Cancellation),
            () => new RunStore(open).GetAsync(run, Cancellation), () => ImportAsync(open),
        ];
        foreach (var read in reads)
            Assert.Equal("EncryptionKeyRequired", (await Assert.ThrowsAsync<RedisMLException>(read)).ErrorId);
        // They can be removed, as a key may be lost.
        Assert.True(await new DatasetStore(open).RemoveAsync("plain", Cancellation));
        Assert.True(await new ModelStore(open).RemoveAsync("trained", Cancellation));
        Assert.True(await new RunStore(open).RemoveAsync(run, Cancellation));
        Assert.DoesNotContain(await open.KeysAsync(), k => k.Contains(":chunk:") || k.Contains(":page:") || k.Contains(run));
    }

    [Fact]
    public async Task With_a_key_what_is_not_sealed_is_refused()
    {
        await using var open = await ConnectAsync();
        await TrainAsync(open, await ImportAsync(open));
        string run = Assert.Single(await new RunStore(open).ListAsync(Cancellation));
        await using var connection = await ConnectAsync(NewKey(), open.Prefix);
        Func<Task>[] reads =
        [
            () => connection.RowsAsync("plain"), () => new ModelStore(connection).GetAsync("trained", null, Cancellation),
            () => new RunStore(connection).GetAsync(run, Cancellation),
        ];
        foreach (var read in reads) Assert.Equal("NotSealed", (await Assert.ThrowsAsync<RedisMLException>(read)).ErrorId);
    }

    /// <summary>Each value of one dataset or model in the place of its neighbour, and of the other's.</summary>
    [Fact]
    public async Task What_was_sealed_for_another_place_is_refused()
    {
        await using var connection = await ConnectAsync(NewKey());
        var (database, keys) = (connection.Database, connection.Keys);
        foreach (string name in new[] { "one", "two" }) await TrainAsync(connection, await ImportAsync(connection, name), $"m-{name}");
        var all = await connection.KeysAsync();
        foreach (string kind in new[] { ":chunk:", ":page:" })
        {
            string[] swapped = [.. all.Where(k => k.Contains(kind, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            var before = await database.StringGetAsync(swapped[0]);
            await database.StringSetAsync(swapped[0], await database.StringGetAsync(swapped[1]));
            Assert.Equal("SealBroken", (await Assert.ThrowsAsync<RedisMLException>(() => connection.RowsAsync("one"))).ErrorId);
            await database.StringSetAsync(swapped[0], before);
        }
        foreach (var (key, field, from, fromField) in ((RedisKey, string, RedisKey, string)[])
            [(keys.Dataset("one"), "version:1", keys.Dataset("two"), "version:1"),
            (keys.ModelVersion("m-one", 1), "weight", keys.ModelVersion("m-one", 1), "intercept"),
            (keys.ModelVersion("m-one", 1), "@definition", keys.ModelVersion("m-two", 1), "@definition")])
        {
            await database.HashSetAsync(key, field, await database.HashGetAsync(from, fromField));
            var error = await Assert.ThrowsAsync<RedisMLException>(async () =>
            {
                await connection.RowsAsync("one");
                var models = new ModelStore(connection);
                await models.ReadParametersAsync(await models.GetAsync("m-one", null, Cancellation), null, Cancellation);
            });
            Assert.Equal("SealBroken", error.ErrorId);
            Assert.Equal($"{key}", error.Target);
            if (field == "version:1") await new DatasetStore(connection).RemoveAsync("one", Cancellation);
            if (field == "version:1") await ImportAsync(connection, "one");
        }
    }

    [Fact]
    public async Task A_new_key_opens_what_was_sealed_before_and_no_data_is_written()
    {
        var (old, next) = (NewKey(), NewKey());
        await using var connection = await ConnectAsync(old);
        await using var other = await ConnectAsync(old, connection.Prefix);
        await ImportAsync(connection);
        var before = await ValuesAsync(connection);
        Assert.True(await connection.ChangeEncryptionKeyAsync(next, Cancellation));
        var after = await ValuesAsync(connection);
        string place = connection.Keys.SealedRoot!;
        Assert.NotEqual(before[place], after[place]);
        Assert.Equal(before.Where(v => v.Key != place), after.Where(v => v.Key != place));
        Assert.Equal(next.Id, connection.EncryptionKeyId);
        Assert.Equal("WrongEncryptionKey",
            (await Assert.ThrowsAsync<RedisMLException>(() => ConnectAsync(old, connection.Prefix))).ErrorId);
        await using var later = await ConnectAsync(next, connection.Prefix);
        // What is open goes on, and so do copies of it.
        foreach (var each in new[] { connection, other, later }) Assert.Equal(300, (await each.RowsAsync("plain")).Count);
        await using (var copy = await connection.CopyAsync(Cancellation)) Assert.Equal(300, (await copy.RowsAsync("plain")).Count);
        // Who had the old key can't give it back its right.
        Assert.Equal("WrongEncryptionKey",
            (await Assert.ThrowsAsync<RedisMLException>(() => other.ChangeEncryptionKeyAsync(old, Cancellation))).ErrorId);
        await using var open = await ConnectAsync(null, connection.Prefix);
        Assert.Equal("EncryptionKeyRequired",
            (await Assert.ThrowsAsync<RedisMLException>(() => open.ChangeEncryptionKeyAsync(next, Cancellation))).ErrorId);
    }

    [Fact]
    public async Task What_cannot_be_sealed_is_refused_and_nothing_is_written()
    {
        await using var connection = await ConnectAsync(NewKey());
        var before = await connection.KeysAsync();
        string path = _folder.Write("rows.csv", Csv);
        foreach (var layout in new[] { DatasetLayout.Hash, DatasetLayout.Stream })
            await AssertRefusedAsync(() => DatasetImport.RunAsync(connection, path, new() { Dataset = "rows", Layout = layout }, null,
                Cancellation));
        await AssertRefusedAsync(() => LanguageModel.OpenOrCreateAsync(connection, "speech", new(), Cancellation));
        Assert.Equal(before, await connection.KeysAsync());

        static async Task AssertRefusedAsync(Func<Task> act)
        {
            var error = await Assert.ThrowsAsync<RedisMLException>(act);
            Assert.Equal("SealingNotSupported", error.ErrorId);
        }
    }

    /// <summary>No secret is in a key, a field or a value. (What is compressed shows none either, so that values must be sealed by
    /// their form: all of them are, but for what is known to be open.)</summary>
    static async Task AssertUnseenAsync(RedisMLConnection connection, params string[] more)
    {
        foreach (var (place, value) in await ValuesAsync(connection))
        {
            string text = Encoding.Latin1.GetString(value);
            foreach (string secret in s_secrets.Concat(more.Where(m => m != "redisml1 ")))
                Assert.False(text.Contains(secret, StringComparison.Ordinal) || place.Contains(secret, StringComparison.Ordinal),
                    $"'{secret}' is to be seen at {place}.");
            string key = place.Split('\0')[0];
            if (key.Contains(":chunk:") || key.Contains(":page:") || key.Contains(":piece:") || key.EndsWith(":spec"))
                Assert.True(Seal.IsSealed(value), place);
            if (key.Contains(":x:") || key.Contains(":ck:"))
                Assert.True(Seal.IsSealed(value.AsSpan(value.AsSpan().IndexOf((byte)'\n') + 1)), place);
        }
    }

    /// <summary>All values under the prefix, by key and field.</summary>
    static async Task<Dictionary<string, byte[]>> ValuesAsync(RedisMLConnection connection)
    {
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var database = connection.Database;
        foreach (string key in await connection.KeysAsync())
        {
            switch (await database.KeyTypeAsync(key))
            {
                case RedisType.String:
                    if ((byte[]?)await database.StringGetAsync(key) is { } value) values[key] = value;
                    break;
                case RedisType.Hash:
                    foreach (var field in await database.HashGetAllAsync(key)) values[$"{key}\0{field.Name}"] = (byte[])field.Value!;
                    break;
                case RedisType.List:
                    foreach (var (item, i) in (await database.ListRangeAsync(key)).Select((item, i) => (item, i)))
                        values[$"{key}\0{i}"] = (byte[])item!;
                    break;
                case RedisType.Set:
                    foreach (var item in await database.SetMembersAsync(key)) values[$"{key}\0{item}"] = [];
                    break;
                case RedisType.Stream:
                    foreach (var entry in await database.StreamRangeAsync(key))
                        foreach (var field in entry.Values) values[$"{key}\0{entry.Id}\0{field.Name}"] = (byte[])field.Value!;
                    break;
                default:
                    break;
            }
        }
        return values;
    }
}
