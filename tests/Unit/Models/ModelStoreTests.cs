using RedisML.Columns;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Models;

/// <summary>The same for every server: see the two classes at the end.</summary>
public abstract class ModelStoreTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static readonly ModelDefinition s_definition = new()
    {
        Algorithm = "Linear",
        Task = ModelTask.Regression,
        Pipeline = new()
        {
            Derived = [new("late", "delay > 15")],
            Features = [new NumericFeature("late", 0.25, 0.1 + 0.2), new CategoryFeature("month", ColumnType.Int64, ["1", "12"], true)],
            Label = new("price", ColumnType.Float64, null),
            Missing = MissingPolicy.Mean,
        },
        Options = System.Text.Json.JsonSerializer.SerializeToElement(new { l2 = 1 }),
        Lineage =
            new() { Dataset = "flights", DatasetVersion = 3, Run = "r1", Seed = 42, RowsUsed = 100, Trained = DateTimeOffset.UnixEpoch },
        Metrics = new Dictionary<string, double> { ["loss"] = 0.5 },
    };

    protected abstract Task<RedisMLConnection> ConnectAsync();

    [Fact]
    public async Task ParametersSetByHandMakeAModelAndChangeItInPlace()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        var made = await models.ChangeParametersAsync("m", Parameters(("w", Vector(1, 2)), ("rate", new Scalar(0.1))), [], Cancellation);
        Assert.Equal((1L, false), (made.Version, made.Modified));
        Assert.Null(made.Definition);
        Assert.Equal(["rate", "w"], made.Parameters);

        var changed =
            await models.ChangeParametersAsync("m", Parameters(("w", Vector(3)), ("note", new Scalar("x"))), ["rate"], Cancellation);
        Assert.Equal(1, changed.Version);
        Assert.Equal(["note", "w"], changed.Parameters);
        await AssertParameterAsync(models, changed, "w", 3);
    }

    [Fact]
    public async Task AnyClientReadsTheHash()
    {
        await using var connection = await ConnectAsync();
        await new ModelStore(connection)
            .ChangeParametersAsync("m", Parameters(("rate", new Scalar(0.1)), ("w", Vector(1, 2))), [], Cancellation);
        string prefix = connection.Settings.Prefix;
        var database = connection.Database;
        Assert.Equal("1", (string?)await database.ExecuteAsync("HGET", $"{prefix}:model:m", "version"));
        Assert.Equal("2", (string?)await database.ExecuteAsync("HGET", $"{prefix}:model:m", "format"));
        Assert.Equal("0.1", (string?)await database.ExecuteAsync("HGET", $"{prefix}:model:m:version:1", "rate"));
        var npy = (byte[]?)await database.ExecuteAsync("HGET", $"{prefix}:model:m:version:1", "w");
        Assert.Equal(Vector(1, 2).Encode(), npy);
    }

    [Fact]
    public async Task ATrainedVersionComesBackWhole()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.PublishAsync("m", s_definition, Parameters(("weight", Vector(1, 2, 3, 4)), ("intercept", new Scalar(5.0))),
            Cancellation);
        var model = await models.GetAsync("m", null, Cancellation);
        Assert.Equal((1L, "Linear", "flights", false), (model.Version, model.Algorithm, model.Dataset, model.Modified));
        Assert.Equal(s_definition.Pipeline!.Features, model.Definition!.Pipeline!.Features, FeaturesAreEqual);
        Assert.Equal(s_definition.Pipeline!.Derived, model.Definition.Pipeline!.Derived);
        Assert.Equal(s_definition.Lineage, model.Definition.Lineage);
        Assert.Equal(["intercept", "weight"], model.Parameters);
        await AssertParameterAsync(models, model, "intercept", 5);
        Assert.InRange(model.Created, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    /// <summary>As of an algorithm that has no use for encoded features; one that has says so.</summary>
    [Fact]
    public async Task A_definition_may_have_no_pipeline()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.PublishAsync("m", s_definition with { Pipeline = null }, Parameters(("weight", Vector(1))), Cancellation);
        var definition = (await models.GetAsync("m", null, Cancellation)).Definition!;
        Assert.Null(definition.Pipeline);
        Assert.Equal("InvalidModelDefinition", Assert.Throws<RedisMLException>(() => definition.RequirePipeline()).ErrorId);
    }

    [Fact]
    public async Task ATrainedVersionIsNeverChanged()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.PublishAsync("m", s_definition, Parameters(("weight", Vector(1)), ("intercept", new Scalar(5.0))), Cancellation);
        var copy = await models.ChangeParametersAsync("m", Parameters(("weight", Vector(9))), [], Cancellation);
        Assert.Equal((2L, true), (copy.Version, copy.Modified));
        Assert.Equal("Linear", copy.Algorithm);
        await AssertParameterAsync(models, copy, "weight", 9);
        await AssertParameterAsync(models, copy, "intercept", 5);
        await AssertParameterAsync(models, await models.GetAsync("m", 1, Cancellation), "weight", 1);

        Assert.Equal(2, (await models.ChangeParametersAsync("m", [], ["intercept"], Cancellation)).Version);
        Assert.Equal(3, (await models.PublishAsync("m", s_definition, Parameters(("weight", Vector(7))), Cancellation)).Version);
        Assert.Equal(3, (await models.GetAsync("m", null, Cancellation)).Version);
    }

    [Fact]
    public async Task UnknownNamesAreErrorsThatSuggestTheNearest()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.ChangeParametersAsync("price", Parameters(("w", Vector(1))), [], Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => models.GetAsync("prise", null, Cancellation));
        Assert.Equal("ModelNotFound", error.ErrorId);
        Assert.StartsWith("There is no model 'prise'. Did you mean 'price'? Get-RedisModel lists them", error.Message);
        error = await Assert.ThrowsAsync<RedisMLException>(() => models.GetAsync("price", 7, Cancellation));
        Assert.Equal("ModelVersionNotFound", error.ErrorId);
        error = await Assert.ThrowsAsync<RedisMLException>(() => models.ChangeParametersAsync("other", [], ["w"], Cancellation));
        Assert.Equal("ModelNotFound", error.ErrorId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@definition")]
    [InlineData("a\nb")]
    public async Task AParameterNameThatCannotBeIsRefused(string name)
    {
        await using var connection = await ConnectAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(
            () => new ModelStore(connection).ChangeParametersAsync("m", Parameters((name, Vector(1))), [], Cancellation));
        Assert.Equal("InvalidParameterName", error.ErrorId);
        await AssertNothingIsLeftAsync(connection, "m", 1);
    }

    [Theory]
    [InlineData(1, ModelField.MaxValueBytes + 1, ModelField.MaxValueBytes)]
    [InlineData(2, ModelField.MaxValueBytes, ModelField.MaxTotalBytes)]
    public async Task WhatRedisCannotHoldIsRefusedWithTheFigures(int count, int bytes, int limit)
    {
        await using var connection = await ConnectAsync();
        var parameters = Enumerable.Range(0, count).Select(i => KeyValuePair.Create<string, ParameterValue>($"p{i}", new Huge(bytes)));
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            new ModelStore(connection).ChangeParametersAsync("m", parameters, [], Cancellation));
        Assert.Equal("ParameterTooLarge", error.ErrorId);
        Assert.Contains($"{(long)count * bytes:N0} bytes", error.Message);
        Assert.Contains($"{limit:N0}", error.Message);
    }

    [Fact]
    public async Task RemovalLeavesNothing()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.PublishAsync("m", s_definition, Parameters(("weight", Vector(1))), Cancellation);
        await models.ChangeParametersAsync("m", Parameters(("weight", Vector(2))), [], Cancellation);
        Assert.True(await models.RemoveAsync("m", Cancellation));
        Assert.False(await models.RemoveAsync("m", Cancellation));
        Assert.Empty(await models.ListAsync(Cancellation));
        await AssertNothingIsLeftAsync(connection, "m", 3);

        // Made again, its numbers go on, and it stays.
        Assert.Equal(3, (await models.ChangeParametersAsync("m", Parameters(("w", Vector(1))), [], Cancellation)).Version);
        Assert.Null(await connection.Database.KeyTimeToLiveAsync(connection.Keys.Model("m")));
    }

    [Fact]
    public async Task AVersionThatWasBeingWrittenWhenItsModelWasRemovedIsPublishedAnew()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.ChangeParametersAsync("m", Parameters(("w", Vector(1))), [], Cancellation);
        // A writer has taken number 2, when the model is removed and made again: the numbers go on, so that nothing is overwritten.
        await connection.Database.HashIncrementAsync(connection.Keys.Model("m"), "last");
        await connection.Database.ScriptEvaluateAsync("redis.call('HDEL', KEYS[1], 'version'); redis.call('HSET', KEYS[1], 'removed', 2)",
            [connection.Keys.Model("m")]);
        Assert.Equal(3, (await models.ChangeParametersAsync("m", Parameters(("w", Vector(2))), [], Cancellation)).Version);
        Assert.Equal(["m"], await models.ListAsync(Cancellation));
    }

    [Fact]
    public async Task OfManyWritersAtOnceNoneIsLost()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.PublishAsync("m", s_definition, Parameters(("weight", Vector(1))), Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var own = await RedisMLConnection.ConnectAsync(connection.Settings, Cancellation);
            await new ModelStore(own).ChangeParametersAsync("m", Parameters(($"p{i}", new Scalar(i))), [], Cancellation);
        }));
        var model = await models.GetAsync("m", null, Cancellation);
        Assert.Equal(["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "weight"], model.Parameters);
        // Whoever lost the race for the copy has left none behind.
        long last = (long)await connection.Database.HashGetAsync(connection.Keys.Model("m"), "last");
        for (long version = 2; version <= last; version++)
            Assert.Equal(version == model.Version, await connection.Database.KeyExistsAsync(connection.Keys.ModelVersion("m", version)));
    }

    [Fact]
    public async Task OfWritersAndRemoversAtOnceNothingHalfRemains()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            if (i % 3 == 0) await models.RemoveAsync("m", Cancellation);
            else if (i % 3 == 1)
                await models.PublishAsync("m", s_definition, Parameters(("weight", Vector(i))), Cancellation).ContinueWith(_ => { });
            else await models.ChangeParametersAsync("m", Parameters(("p", new Scalar(i))), [], Cancellation).ContinueWith(_ => { });
        }));
        if (await models.ListAsync(Cancellation) is ["m"]) Assert.NotEmpty((await models.GetAsync("m", null, Cancellation)).Parameters);
        await models.RemoveAsync("m", Cancellation);
        await AssertNothingIsLeftAsync(connection, "m", 20);
    }

    [Fact]
    public async Task ACancelledPublicationLeavesNothing()
    {
        await using var connection = await ConnectAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ModelStore(connection)
            .PublishAsync("m", s_definition, Parameters(("weight", Vector(1))), new CancellationToken(canceled: true)));
        await AssertNothingIsLeftAsync(connection, "m", 1);
    }

    [Fact]
    public async Task AModelOfALaterFormatIsRefused()
    {
        await using var connection = await ConnectAsync();
        var models = new ModelStore(connection);
        await models.ChangeParametersAsync("m", Parameters(("w", Vector(1))), [], Cancellation);
        await connection.Database.HashSetAsync(connection.Keys.Model("m"), "format", "3");
        var error = await Assert.ThrowsAsync<RedisMLException>(() => models.GetAsync("m", null, Cancellation));
        Assert.Equal("UnsupportedModelFormat", error.ErrorId);
    }

    /// <summary>Memory that is reserved and never touched.</summary>
    sealed class Huge(int bytes) : ParameterValue
    {
        public override IReadOnlyList<int> Shape => [];

        public override double[] ToDoubles() => [];

        public override byte[] Encode() => GC.AllocateUninitializedArray<byte>(bytes);
    }

    static Tensor Vector(params double[] elements) => new(elements, elements.Length);

    static Dictionary<string, ParameterValue> Parameters(params (string Name, ParameterValue Value)[] parameters) =>
        parameters.ToDictionary(p => p.Name, p => p.Value);

    static async Task AssertParameterAsync(ModelStore models, Model model, string name, double value)
    {
        var parameters = await models.ReadParametersAsync(model, [name], Cancellation);
        Assert.Equal([value], parameters.Single().Value.ToDoubles());
    }

    static bool FeaturesAreEqual(Feature a, Feature b) => (a, b) switch
    {
        (CategoryFeature x, CategoryFeature y) => x.Levels.SequenceEqual(y.Levels) && x with { Levels = y.Levels } == y,
        _ => a == b,
    };

    static async Task AssertNothingIsLeftAsync(RedisMLConnection connection, string name, int versions)
    {
        RedisKey[] keys = [connection.Keys.Models, .. Enumerable.Range(1, versions).Select(v => connection.Keys.ModelVersion(name, v))];
        foreach (var key in keys) Assert.False(await connection.Database.KeyExistsAsync(key), key);
        // The head may stay, for a day and for its numbers alone.
        if (!await connection.Database.KeyExistsAsync(connection.Keys.Model(name))) return;
        Assert.NotNull(await connection.Database.KeyTimeToLiveAsync(connection.Keys.Model(name)));
        Assert.All(await connection.Database.HashKeysAsync(connection.Keys.Model(name)), f =>
            Assert.Contains(f.ToString(), (string[])["last", "removed", "format"]));
    }
}

public sealed class ModelStoreOnEmbeddedServerTests(EmbeddedServerFixture server) : ModelStoreTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}

public sealed class ModelStoreOnRedisTests(RedisServerFixture server) : ModelStoreTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}
