using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Importing;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>A run holds the versions of the datasets that it trains on.</summary>
public sealed class DatasetPinningTests(RedisServerFixture redis)
{
    const int Rows = 30_000;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_joins_after_the_dataset_was_replaced_twice_and_the_version_goes_once_the_run_has_ended()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), Rows);
        var start = await fixture.StartAsync(RunFixture.Options, RunFixture.Endless);
        await fixture.WaitAsync(start.Run.Id, run => run.Step > 2);
        await ReplaceAsync(fixture);
        await ReplaceAsync(fixture);
        Assert.Contains(1L, await VersionsAsync(fixture));

        var joined = await fixture.JoinAsync(start.Run.Id);
        var run = await fixture.WaitAsync(start.Run.Id, run => run.Nodes == 2);
        await fixture.WaitAsync(start.Run.Id, now => now.Step > run.Step);
        Assert.True(await fixture.Runs.StopAsync(run.Id, Cancellation));
        foreach (var node in new[] { start, joined })
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Completion.WaitAsync(Patience.Event, Cancellation));

        Assert.Empty(await PinsAsync(fixture));
        await ReplaceAsync(fixture);
        Assert.DoesNotContain(1L, await VersionsAsync(fixture));
        var error = await Assert.ThrowsAsync<RedisMLException>(() => fixture.ResumeAsync(run.Id));
        Assert.Equal("NodeRefused", error.ErrorId);
        Assert.Contains("isn't there any more", error.Message);
    }

    [Fact]
    public async Task A_pin_lapses_within_minutes_unless_it_is_renewed_and_goes_with_the_run()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), rows: 3000);
        var dataset = await new DatasetStore(fixture.Connection).GetAsync(RunFixture.DatasetName, null, Cancellation);
        var start = await fixture.StartAsync(RunFixture.Options with { NodeCount = 2 });
        var pin = Assert.Single(await PinsAsync(fixture));
        Assert.InRange(long.Parse(pin.Split(' ')[1]) - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 60, 600);
        Assert.Equal(dataset.Version, long.Parse(pin.Split(' ')[0]));
        await fixture.Runs.StopAsync(start.Run.Id, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Completion.WaitAsync(Patience.Event, Cancellation));
        Assert.Empty(await PinsAsync(fixture));
    }

    static async Task<List<string>> PinsAsync(RunFixture fixture) =>
        [.. (await fixture.Connection.Database.HashGetAllAsync(fixture.Connection.Keys.Dataset(RunFixture.DatasetName)))
            .Where(field => ((string)field.Name!).StartsWith("pin:", StringComparison.Ordinal)).Select(field => (string)field.Value!)];

    static async Task<IReadOnlyList<long>> VersionsAsync(RunFixture fixture) =>
        [.. (await new DatasetStore(fixture.Connection).VersionsAsync(RunFixture.DatasetName, Cancellation))
            .Select(version => version.Version)];

    /// <summary>A new version, before which the grace of those that were replaced is over.</summary>
    static async Task ReplaceAsync(RunFixture fixture)
    {
        var connection = fixture.Connection;
        foreach (var version in (await new DatasetStore(connection).VersionsAsync(RunFixture.DatasetName, Cancellation))
            .Where(version => version.Version > 1))
            await connection.Database.HashSetAsync(connection.Keys.Dataset(RunFixture.DatasetName), $"version:{version.Version}",
                (version with { Created = version.Created.AddHours(-1) }).ToJson());
        using var folder = new TemporaryFolder();
        await DatasetImport.RunAsync(connection, folder.Write("points.csv", RunFixture.Csv(Rows) + $"0.5,1,1,1,{Random.Shared.Next()}\n"),
            new() { Dataset = RunFixture.DatasetName, Force = true, KeepVersions = 1 }, null, Cancellation);
    }
}
