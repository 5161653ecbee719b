using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;

namespace RedisML.Unit.Training.Network;

/// <summary>Networks trained by several nodes, which come and go.</summary>
public sealed class NetworkNodesTests(RedisServerFixture redis)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static TrainingSpecification Specification(int epochs) =>
        NetworkTests.Specification("{ 'Layers': [20, 8], 'Dropout': 0.1, 'Normalization': 'Layer' }") with
        {
            Label = "k",
            Features = ["a", "b", "c", "level"],
            Derived = [new("level", "floor(b * 0.3)")],
            Categories = ["level", "k"],
            Optimizer = new() { Kind = OptimizerKind.Adam, BatchSize = 600, Epochs = epochs },
        };

    /// <summary>So many that a run is still at work when it is stopped.</summary>
    const int Epochs = 60;

    [Fact]
    public async Task Any_number_of_nodes_gives_the_same_bits_and_a_stopped_run_goes_on_where_it_was()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), rows: 9_000);
        long[]? first = null;
        foreach (int nodes in new[] { 1, 2, 3 })
        {
            var start = await fixture.StartAsync(RunFixture.Staying(nodes), Specification(epochs: 3), $"m{nodes}");
            var others = new List<ModelTraining>();
            for (int i = 1; i < nodes; i++) others.Add(await fixture.JoinAsync(start.Run.Id));
            var runs = await Task.WhenAll(others.Prepend(start).Select(t => t.Completion)).WaitAsync(Patience.Event, Cancellation);
            Assert.All(runs, run => Assert.Equal((RunState.Completed, nodes), (run.State, run.Nodes)));
            var bits = await fixture.BitsAsync($"m{nodes}");
            Assert.Equal(first ??= bits, bits);
        }

        await (await fixture.StartAsync(new(), Specification(epochs: Epochs), "whole")).Completion.WaitAsync(Patience.Event, Cancellation);
        var two = await fixture.StartAsync(RunFixture.Staying(2), Specification(epochs: Epochs), "resumed");
        var other = await fixture.JoinAsync(two.Run.Id);
        await fixture.WaitAsync(two.Run.Id, run => run.Step > 1);
        Assert.True(await fixture.Runs.StopAsync(two.Run.Id, Cancellation));
        foreach (var node in new[] { two, other })
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Completion.WaitAsync(Patience.Event, Cancellation));
        var stopped = await fixture.Runs.GetAsync(two.Run.Id, Cancellation);
        Assert.Equal(RunState.Stopped, stopped.State);
        Assert.InRange(stopped.CheckpointStep, 2, Epochs * 15 - 1);
        var resumed = await fixture.ResumeAsync(two.Run.Id);
        Assert.Equal(RunState.Completed, (await resumed.Completion.WaitAsync(Patience.Event, Cancellation)).State);
        Assert.Equal(await fixture.BitsAsync("whole"), await fixture.BitsAsync("resumed"));
    }
}
