using System.Text.Json;
using RedisML.Features;
using RedisML.LightGbm.Trees;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;

namespace RedisML.Unit.LightGbm;

/// <summary>Boosting by several nodes over a real server. That they hold the same trees the run itself sees to: each step compares the
/// digests of their states, and fails where they differ.</summary>
public sealed class LightGbmNodesTests(RedisServerFixture redis)
{
    const int Rows = 12_000;

    // So patient that a busy machine throws nobody out.
    static readonly NodeOptions s_options = RunFixture.Options with { NodeTimeout = 10 };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where each starts is the mean of all rows, and not that of the nodes' means.</summary>
    [Theory]
    [InlineData("y", 2)]
    [InlineData("big", 3)]
    public async Task Nodes_grow_trees_as_good_as_those_of_one(string label, int nodes)
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), Rows);
        var specification = Specification(label, trees: 8);
        var alone = await (await fixture.StartAsync(new(), specification, "one")).Completion.WaitAsync(Patience.Event, Cancellation);
        var start = await fixture.StartAsync(s_options with { NodeCount = nodes }, specification, "many");
        List<ModelTraining> all = [start];
        while (all.Count < nodes) all.Add(await fixture.JoinAsync(start.Run.Id));
        var runs = await Task.WhenAll(all.Select(node => node.Completion)).WaitAsync(Patience.Event, Cancellation);
        Assert.All(runs, run => Assert.Equal((RunState.Completed, 8), (run.State, run.Step)));
        Assert.All(runs, run => Assert.Equal(runs[0].Loss, run.Loss));
        Assert.Equal(1, runs[0].Loss / alone.Loss, 0.02);
        Assert.Equal(8, (await TextAsync(fixture, "many")).Trees.Count);
    }

    /// <summary>More nodes than pieces to share: those without rows follow the others, and have their trees.</summary>
    [Fact]
    public async Task A_node_without_rows_follows()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), 500);
        var start = await fixture.StartAsync(s_options with { NodeCount = 3 }, Specification("y", trees: 4), "few");
        ModelTraining[] all = [start, await fixture.JoinAsync(start.Run.Id), await fixture.JoinAsync(start.Run.Id)];
        var runs = await Task.WhenAll(all.Select(node => node.Completion)).WaitAsync(Patience.Event, Cancellation);
        Assert.All(runs, run => Assert.Equal((RunState.Completed, runs[0].Loss), (run.State, run.Loss)));
    }

    /// <summary>One comes, one is killed: the tree under way is grown again by those who are there, and the loss goes on to fall.</summary>
    [Fact]
    public async Task Nodes_come_and_are_killed_while_trees_grow()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), Rows);
        var start = await fixture.StartAsync(s_options with { NodeCount = 2, NodeTimeout = 2 }, Specification("y", trees: 1_000_000), "m");
        var other = await fixture.JoinAsync(start.Run.Id);
        await fixture.WaitAsync(start.Run.Id, run => run.Step > 2);
        using var killed = NodeProcess.Join(fixture.Connection, start.Run.Id);
        var three = await fixture.WaitAsync(start.Run.Id, run => run.Nodes == 3);
        three = await fixture.WaitAsync(start.Run.Id, run => run.Step > three.Step + 2);
        killed.Kill();
        var two = await fixture.WaitAsync(start.Run.Id, run => run.Nodes == 2);
        // Of one tree in ten the loss is measured; after thousands of trees, which a busy machine may have grown by now, it falls no more.
        await fixture.WaitAsync(start.Run.Id, run => run.Step > two.Step + 12 && run.Loss <= 1.001 * three.Loss);
        Assert.True(await fixture.Runs.StopAsync(start.Run.Id, Cancellation));
        foreach (var node in new[] { start, other })
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Completion.WaitAsync(Patience.Event, Cancellation));
        Assert.Equal(RunState.Stopped, (await fixture.Runs.GetAsync(start.Run.Id, Cancellation)).State);
    }

    static TrainingSpecification Specification(string label, int trees) => RunFixture.Specification with
    {
        Algorithm = "LightGbm",
        Label = label,
        Features = ["a", "b", "c", "k"],
        Missing = MissingPolicy.Keep,
        Options = new Dictionary<string, JsonElement>
        {
            ["num_iterations"] = JsonSerializer.SerializeToElement(trees),
            ["num_leaves"] = JsonSerializer.SerializeToElement(7),
            ["objective"] = JsonSerializer.SerializeToElement(label == "big" ? "binary" : "regression"),
        },
    };

    static async Task<ModelText> TextAsync(RunFixture fixture, string name)
    {
        var store = new ModelStore(fixture.Connection);
        var model = await store.GetAsync(name, null, Cancellation);
        var parameters = await store.ReadParametersAsync(model, null, Cancellation);
        _ = ModelFamilies.Load(model, parameters);
        return ModelText.Parse($"{parameters.ToDictionary()["model"]}", name);
    }
}
