using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>Training over a Redis Cluster: the bits of a single server, whatever happens to the shards.</summary>
[Collection(RedisClusterCollection.Name)]
public sealed class ClusterTrainingTests(RedisClusterFixture cluster, RedisServerFixture single)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_node_and_two_have_the_bits_of_a_single_server()
    {
        await using var alone = await RunFixture.CreateAsync(await single.ConnectAsync());
        await (await alone.StartAsync(new())).Completion.WaitAsync(Patience.Event, Cancellation);
        var expected = await alone.BitsAsync("m");

        await using var fixture = await RunFixture.CreateAsync(await cluster.ConnectAsync());
        foreach (int nodes in new[] { 1, 2 })
        {
            var trainings = await StartAsync(fixture, nodes, RunFixture.Specification, $"m{nodes}");
            foreach (var training in trainings)
                Assert.Equal(nodes, (await training.Completion.WaitAsync(Patience.Event, Cancellation)).Nodes);
            Assert.Equal(expected, await fixture.BitsAsync($"m{nodes}"));
            var id = trainings[0].Run.Id;
            Assert.True(await fixture.Runs.RemoveAsync(id, Cancellation));
            Assert.DoesNotContain(await fixture.Connection.KeysAsync(), key => key.Contains(id));
        }
    }

    /// <summary>By cmdlets, as nobody else of the tests of nodes.</summary>
    [Fact]
    public async Task Processes_that_know_one_address_train_together()
    {
        await using var fixture = await RunFixture.CreateAsync(await cluster.ConnectAsync());
        await (await fixture.StartAsync(new())).Completion.WaitAsync(Patience.Event, Cancellation);
        using var first = Start(
            "Start-RedisDistributedTraining points p -Algorithm Logistic -Label big -Derive @{ big = 'y > 1' } " +
            $"-Feature a, b, c, k -Category k -Missing Mean -WorkerCount 2 -NodeCount 2 -NodeTimeout 60");
        using var second = Start(
            "$(while (!($found = Get-RedisDistributedTraining -Model p)) { [Threading.Thread]::Sleep(20) }; $found) | " +
            "Join-RedisDistributedTraining -WorkerCount 1");
        Assert.Equal("Completed 2", await first.ReadLineAsync());
        Assert.Equal("Completed 2", await second.ReadLineAsync());
        Assert.Equal(await fixture.BitsAsync("m"), await fixture.BitsAsync("p"));

        HostProcess Start(string command) => new($$"""
            $null = Connect-RedisML '{{fixture.Connection.Endpoint}}' -Prefix {{fixture.Connection.Prefix}}
            $run = {{command}} -Wait -WarningAction Ignore
            "$($run.State) $($run.Nodes)"
            """);
    }

    [Fact]
    public async Task Slices_of_a_long_sum_lie_on_several_shards()
    {
        await using var fixture = await RunFixture.CreateAsync(await cluster.ConnectAsync());
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
        HashSet<string>[] slices;
        do
        {
            var all = Task.WhenAll((await StartAsync(fixture, 5, specification, "five")).Select(t => t.Completion));
            slices = [[], [], []];
            for (; !all.IsCompleted; await Task.Delay(5, Cancellation))
            {
                var shards = cluster.Cluster.Keys(fixture.Connection.Prefix);
                for (int i = 0; i < shards.Length; i++)
                    slices[i].UnionWith(shards[i].Where(key => key.Contains("}:x:sum:")).Select(key => key[..key.IndexOf('}')]));
            }
            await all.WaitAsync(Patience.Event, Cancellation);
            Assert.Equal(5, slices.Sum(s => s.Count));
            Assert.Equal(await fixture.BitsAsync("one"), await fixture.BitsAsync("five"));
        }
        // Of 81 runs one has them all on the same shard by chance.
        while (slices.Count(s => s.Count > 0) == 1);
        Assert.DoesNotContain(await fixture.Connection.KeysAsync(), key => key.Contains("}:x:"));
    }

    [Fact]
    public async Task A_run_whose_slot_moves_and_whose_master_is_then_killed_ends_with_the_same_bits()
    {
        RedisServer.SkipIfMissing();
        using var servers = new RedisCluster(replica: true);
        await using var fixture = await RunFixture.CreateAsync(await servers.ConnectAsync(), rows: 20_000);
        var specification = RunFixture.Endless with { MaxIteration = 400 };
        await (await fixture.StartAsync(new(), specification, "undisturbed")).Completion.WaitAsync(Patience.Event, Cancellation);

        var trainings = await StartAsync(fixture, 2, specification, "disturbed");
        var id = trainings[0].Run.Id;
        await fixture.WaitAsync(id, run => run.Step > 20);
        int slot = fixture.Connection.Database.Multiplexer.GetHashSlot(fixture.Connection.Keys.Run(id).Control);
        if (servers.BeginMove(slot)) servers.EndMove(slot);
        int step = (await fixture.Runs.GetAsync(id, Cancellation)).Progress.Iteration;
        await fixture.WaitAsync(id, run => run.Step > step + 20);
        servers.KillFirst();
        foreach (var training in trainings)
            Assert.Equal(RunState.Completed, (await training.Completion.WaitAsync(Patience.Event, Cancellation)).State);
        Assert.Equal(await fixture.BitsAsync("undisturbed"), await fixture.BitsAsync("disturbed"));
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_where_its_slot_is_by_then()
    {
        await using var fixture = await RunFixture.CreateAsync(await cluster.ConnectAsync(), rows: 20_000);
        var specification = RunFixture.Endless with { MaxIteration = 1500 };
        await (await fixture.StartAsync(new(), specification, "whole")).Completion.WaitAsync(Patience.Event, Cancellation);
        foreach (int nodes in new[] { 1, 2 })
        {
            var trainings = await StartAsync(fixture, nodes, specification, $"m{nodes}");
            var id = trainings[0].Run.Id;
            await fixture.WaitAsync(id, run => run.Step > 20);
            Assert.True(await fixture.Runs.StopAsync(id, Cancellation));
            foreach (var training in trainings)
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.Completion.WaitAsync(Patience.Event, Cancellation));
            var stopped = await fixture.Runs.GetAsync(id, Cancellation);
            Assert.Equal(RunState.Stopped, stopped.State);
            Assert.True(stopped.CheckpointStep > 20);
            int slot = fixture.Connection.Database.Multiplexer.GetHashSlot(fixture.Connection.Keys.Run(id).Control);
            if (cluster.Cluster.BeginMove(slot)) cluster.Cluster.EndMove(slot);
            var resumed = await (await fixture.ResumeAsync(id)).Completion.WaitAsync(Patience.Event, Cancellation);
            Assert.Equal((RunState.Completed, 1L), (resumed.State, resumed.ModelVersion));
            Assert.Equal(await fixture.BitsAsync("whole"), await fixture.BitsAsync($"m{nodes}"));
        }
    }

    static async Task<List<ModelTraining>> StartAsync(RunFixture fixture, int nodes, TrainingSpecification specification, string model)
    {
        List<ModelTraining> trainings =
            [await fixture.StartAsync(RunFixture.Staying(nodes), specification, model)];
        while (trainings.Count < nodes) trainings.Add(await fixture.JoinAsync(trainings[0].Run.Id));
        return trainings;
    }
}
