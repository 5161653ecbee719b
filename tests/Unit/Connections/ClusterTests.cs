using RedisML.Connections;
using RedisML.Models;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>Connections to a Redis Cluster by one of its nodes.</summary>
[Collection(RedisClusterCollection.Name)]
public sealed class ClusterTests(RedisClusterFixture redis, RedisServerFixture single)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_is_known_with_its_shards_and_the_memory_of_all()
    {
        await using var connection = await redis.ConnectAsync();
        Assert.Equal(("Redis", "cluster", 3), (connection.Server.ServerKind, connection.Server.Mode, connection.Server.Shards));
        Assert.EndsWith(", cluster of 3 shards", connection.Server.ToString());
        var test = await ConnectionTest.RunAsync(connection, Cancellation);
        Assert.Equal((false, 0, "noeviction"), (test.Persistent, test.MemoryLimit, test.EvictionPolicy));
        Assert.True(test.MemoryUsed > 3_000_000);
    }

    [Fact]
    public async Task Models_and_parameters_are_written_changed_and_removed_while_their_slots_move()
    {
        await using var connection = await redis.ConnectAsync();
        var store = new ModelStore(connection);
        KeyValuePair<string, ParameterValue>[] Parameters(long value) => [new("a", new Scalar(value)), new("b", new Scalar(2L))];
        for (int i = 0; i < 6; i++)
        {
            var name = $"m{i}";
            Assert.Equal(1, (await store.ChangeParametersAsync(name, Parameters(1), [], Cancellation)).Version);
            int[] slots = [.. new[] { connection.Keys.Model(name), connection.Keys.ModelVersion(name, 1), connection.Keys.Models }
                .Select(key => connection.Database.Multiplexer.GetHashSlot(key)).Distinct().Where(redis.Cluster.BeginMove)];
            await store.ChangeParametersAsync(name, Parameters(i), ["b"], Cancellation);
            await store.ChangeParametersAsync($"{name}.other", Parameters(i), [], Cancellation);
            foreach (int slot in slots) redis.Cluster.EndMove(slot);
            var model = await store.ChangeParametersAsync(name, [], ["b"], Cancellation);
            Assert.Equal($"{i}", $"{Assert.Single(await store.ReadParametersAsync(model, null, Cancellation)).Value}");
        }
        Assert.Equal(12, (await store.ListAsync(Cancellation)).Count);
        foreach (var name in await store.ListAsync(Cancellation)) Assert.True(await store.RemoveAsync(name, Cancellation));
        Assert.Empty(await store.ListAsync(Cancellation));
    }

    /// <summary>Rows, parts, figures, a model and what it predicts.</summary>
    [Fact]
    public void The_cmdlets_give_what_they_give_on_a_single_server_and_remove_all_again()
    {
        using var engine = new HostedEngine();
        using var folder = new TemporaryFolder();
        var path =
            folder.Write("a.csv", "x,k,y\n" + string.Concat(Enumerable.Range(0, 20_000)
            .Select(i => $"{i * 37 % 1009 / 8.0},{"abc"[i % 3]},{i * 37 % 1009 + i % 3 * 10 + i % 7}\n")));
        string Run(ConnectionSettings settings) => string.Join('\n', engine.Invoke($$"""
            $null = Connect-RedisML {{settings.Endpoint}} -Prefix {{settings.Prefix}}
            $null = Import-RedisTrainingData '{{path}}' -Dataset a -Label y
            Split-RedisDataset a -Seed 1 -Stratify k | ForEach-Object { "$($_.Name) $($_.Rows)" }
            Measure-RedisDataset a-train | ForEach-Object { "$($_.Column) $($_.Count) $($_.Mean) $($_.Distinct)" }
            $run = Start-RedisDistributedTraining a-train m -Algorithm Linear -WorkerCount 2 -Wait
            "$($run.State) $($run.Loss)"
            $test = Test-RedisModel m -Dataset a-test
            "$($test.Rows) $($test.R2)"
            Get-RedisTrainingData a-test -First 3 | ForEach-Object { "$($_.x) $($_.k) $($_.y)" }
            $file = Export-RedisTrainingData a-test '{{folder.Path}}/{{settings.Prefix}}.csv'
            "$($file.Rows)"
            Get-RedisDistributedTraining | Remove-RedisDistributedTraining
            Get-RedisModel | Remove-RedisModel
            Get-RedisDataset | Remove-RedisDataset
            """).OutputWithoutErrors);
        var (first, second) = (redis.Cluster.NewSettings(), single.NewSettings());
        Assert.Equal(Run(second), Run(first));
        Assert.Equal(File.ReadAllText(Path.Combine(folder.Path, $"{second.Prefix}.csv")),
            File.ReadAllText(Path.Combine(folder.Path, $"{first.Prefix}.csv")));
        // The head of a removed model stays for a day.
        Assert.All(redis.Cluster.Keys(first.Prefix).SelectMany(keys => keys), key => Assert.Equal($"{first.Prefix}:model:m", key));
    }
}
