using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Models;

/// <summary>The same for every server: see the two classes at the end.</summary>
public abstract class ModelAliasTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<RedisMLConnection> ConnectAsync();

    [Fact]
    public async Task An_alias_names_a_version_wherever_a_model_is_named()
    {
        await using var connection = await ConnectAsync();
        var models = await MakeAsync(connection, versions: 3);
        await models.MoveAliasAsync("m", "champion", 2, expected: 0, "ann@here", "best", Cancellation);
        var model = await models.GetAsync(ModelReference.Parse("m@champion"), Cancellation);
        Assert.Equal(2, model.Version);
        Assert.Equal(["champion"], model.Aliases);
        Assert.Empty((await models.GetAsync("m", 3, Cancellation)).Aliases);
        Assert.Equal("2", (string?)await connection.Database.HashGetAsync(connection.Keys.Model("m"), "alias:champion"));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => models.GetAsync(ModelReference.Parse("m@chapmion"), Cancellation));
        Assert.Equal("ModelAliasNotFound", error.ErrorId);
        Assert.Contains("champion", error.Message);
    }

    [Fact]
    public async Task A_move_is_noted_with_who_when_and_why()
    {
        await using var connection = await ConnectAsync();
        var models = await MakeAsync(connection, versions: 3);
        await models.MoveAliasAsync("m", "champion", 1, null, "ann@here", "first", Cancellation);
        await models.MoveAliasAsync("m", "other", 1, null, "ann@here", null, Cancellation);
        await models.MoveAliasAsync("m", "champion", 3, 1, "bob@there", "\"quoted\", ü", Cancellation);
        await models.MoveAliasAsync("m", "other", null, 1, "bob@there", null, Cancellation);
        var history = await models.HistoryAsync("m", Cancellation);
        Assert.Equal([1, 2, 3, 4], history.Select(move => (int)move.Number));
        Assert.Equal([("champion", null, 1L), ("other", null, 1L), ("champion", 1L, 3L), ("other", 1L, null)],
            history.Select(move => (move.Alias, move.From, move.Version)));
        Assert.Equal(("bob@there", "\"quoted\", ü"), (history[2].By, history[2].Reason));
        Assert.InRange(history[2].At, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal("ModelAliasNotFound",
            (await Assert.ThrowsAsync<RedisMLException>(() => models.GetAsync(ModelReference.Parse("m@other"), Cancellation))).ErrorId);
    }

    [Fact]
    public async Task Going_back_goes_further_each_time()
    {
        await using var connection = await ConnectAsync();
        var models = await MakeAsync(connection, versions: 4);
        foreach (long version in (long[])[1, 2, 3]) await models.MoveAliasAsync("m", "champion", version, null, "a", null, Cancellation);
        await BackToAsync(2);
        await models.MoveAliasAsync("m", "champion", 4, null, "a", null, Cancellation);
        await BackToAsync(2);
        await BackToAsync(1);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => models.RollBackAliasAsync("m", "champion", "a", null, Cancellation));
        Assert.Equal("NoEarlierVersion", error.ErrorId);

        async Task BackToAsync(long version)
        {
            await models.RollBackAliasAsync("m", "champion", "a", null, Cancellation);
            Assert.Equal(version, (await models.GetAsync(ModelReference.Parse("m@champion"), Cancellation)).Version);
        }
    }

    [Fact]
    public async Task Of_many_who_move_it_from_where_they_saw_it_each_move_has_one_winner()
    {
        await using var connection = await ConnectAsync();
        var models = await MakeAsync(connection, versions: 9);
        await models.MoveAliasAsync("m", "champion", 1, 0, "start", null, Cancellation);
        int won = 0, lost = 0, read = 0;
        using var end = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var model = await models.GetAsync(ModelReference.Parse("m@champion"), Cancellation);
                Assert.Equal(["w"], model.Parameters);
                Assert.Equal(model.Version, (await models.ReadParametersAsync(model, null, Cancellation))[0].Value.ToDoubles()[0]);
                read++;
            }
        }, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(mover => Task.Run(async () =>
        {
            for (int i = 0; i < 125; i++)
            {
                long seen = (await models.GetAsync(ModelReference.Parse("m@champion"), Cancellation)).Version;
                try
                {
                    await models.MoveAliasAsync("m", "champion", seen % 9 + 1, seen, $"mover{mover}", null, Cancellation);
                    Interlocked.Increment(ref won);
                }
                catch (RedisMLException e) when (e.ErrorId == "AliasMoved") { Interlocked.Increment(ref lost); }
            }
        }, Cancellation)));
        await end.CancelAsync();
        await reader;
        var history = await models.HistoryAsync("m", Cancellation);
        Assert.Equal(won + 1, history.Count);
        Assert.Equal(1000, won + lost);
        Assert.True(read > 0);
        foreach (var (before, move) in history.Zip(history.Skip(1)))
            Assert.Equal((before.Version, before.Version % 9 + 1), (move.From, move.Version));
        Assert.Equal(history.Count, history.Select(move => move.Id).Distinct().Count());
    }

    [Fact]
    public async Task What_an_alias_names_is_not_removed_unless_forced_and_nothing_is_left_then()
    {
        await using var connection = await ConnectAsync();
        var models = await MakeAsync(connection, versions: 3);
        await models.MoveAliasAsync("m", "champion", 1, null, "a", null, Cancellation);
        await FailsAsync("ModelAliased", () => models.RemoveAsync("m", Cancellation));
        await FailsAsync("ModelAliased", () => models.RemoveVersionAsync("m", 1, force: false, "a", Cancellation));
        await FailsAsync("ModelVersionCurrent", () => models.RemoveVersionAsync("m", 3, force: false, "a", Cancellation));

        await models.RemoveVersionAsync("m", 2, force: false, "a", Cancellation);
        await FailsAsync("ModelVersionNotFound", () => models.MoveAliasAsync("m", "champion", 2, null, "a", null, Cancellation));
        Assert.Equal([1, 3], (await models.VersionsAsync("m", Cancellation)).Select(model => (int)model.Version));
        await models.RemoveVersionAsync("m", 3, force: true, "a", Cancellation);
        Assert.Equal(1, (await models.GetAsync("m", null, Cancellation)).Version);
        await models.RemoveVersionAsync("m", 1, force: true, "a", Cancellation);
        Assert.Empty(await models.ListAsync(Cancellation));
        var keys = (await connection.KeysAsync()).Where(key => key.Contains(":model"));
        Assert.Equal([(string)connection.Keys.Model("m")!], keys);
        Assert.Equal(["format", "last", "removed"], (await connection.Database.HashKeysAsync(connection.Keys.Model("m")))
            .Select(f => $"{f}").Order());

        Task FailsAsync(string id, Func<Task> act) => Assert.ThrowsAsync<RedisMLException>(act).ContinueWith(
            error => Assert.Equal(id, error.Result.ErrorId), Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task What_is_written_beside_a_version_stays_until_its_parameters_change()
    {
        await using var connection = await ConnectAsync();
        var models = await MakeAsync(connection, versions: 1);
        var model = await models.GetAsync("m", null, Cancellation);
        await models.DescribeAsync(model, "good", new Dictionary<string, string> { ["team"] = "pricing" }, Cancellation);
        var figures = new Dictionary<string, double> { ["R2"] = 0.5, ["Rmse"] = double.NaN };
        await models.NoteEvaluationAsync(model, new("d", 3, 100, DateTimeOffset.UnixEpoch, figures), Cancellation);
        model = await models.GetAsync("m", null, Cancellation);
        Assert.Equal(("good", "pricing"), (model.Description, model.Tags["team"]));
        Assert.Equal(["w"], model.Parameters);
        var evaluation = Assert.Single(model.Evaluations);
        Assert.Equal(("d", 3L, 100L, 0.5), (evaluation.Dataset, evaluation.DatasetVersion, evaluation.Rows, evaluation.Figures["R2"]));

        await models.ChangeParametersAsync("m", [new("w", new Scalar(5.0))], [], Cancellation);
        await models.DescribeAsync(model, "", null, Cancellation);
        model = await models.GetAsync("m", null, Cancellation);
        Assert.Equal((null, 1, 0), (model.Description, model.Tags.Count, model.Evaluations.Count));
    }

    /// <summary>Version n has the one parameter w = n.</summary>
    static async Task<ModelStore> MakeAsync(RedisMLConnection connection, int versions)
    {
        var models = new ModelStore(connection);
        for (int version = 1; version <= versions; version++)
        {
            var definition = new ModelDefinition
            {
                Algorithm = "Linear",
                Task = ModelTask.Regression,
                Pipeline = new() { Features = [], Label = new("y", RedisML.Columns.ColumnType.Float64, null) },
                Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = DateTimeOffset.UnixEpoch },
            };
            if (versions == 1) await models.ChangeParametersAsync("m", [new("w", new Scalar(1.0))], [], Cancellation);
            else await models.PublishAsync("m", definition, [new("w", new Scalar((double)version))], Cancellation);
        }
        return models;
    }
}

public sealed class ModelAliasOnEmbeddedServerTests(EmbeddedServerFixture server) : ModelAliasTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}

public sealed class ModelAliasOnRedisTests(RedisServerFixture server) : ModelAliasTests
{
    protected override Task<RedisMLConnection> ConnectAsync() => server.ConnectAsync();
}
