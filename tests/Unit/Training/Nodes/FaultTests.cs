using RedisML.Errors;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>Real processes that are killed and stopped, and a real server that is: the loss is that of an undisturbed run,
/// or the run says who failed and why.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    const int Rows = 12_000;
    const double LossTolerance = 1e-6;

    /// <summary>A softmax that takes some hundred steps of some milliseconds: long enough for what is done to its nodes.</summary>
    static readonly TrainingSpecification s_specification = new()
    {
        Algorithm = "Softmax",
        Label = "k",
        Derived = [new("ab", "a * b"), new("bc", "b * c"), new("ac", "a * c"), new("l", "floor(b)")],
        Features = ["a", "b", "c", "y", "ab", "bc", "ac", "l"],
        Categories = ["k", "l"],
        Missing = RedisML.Features.MissingPolicy.Mean,
        Tolerance = 0,
        MaxIteration = 200,
    };

    static readonly NodeOptions s_options = RunFixture.Options with { MaxNode = 8 };

    static readonly Lazy<Task<double>> s_undisturbed = new(UndisturbedAsync);

    readonly List<NodeProcess> _nodes = [];
    RedisServer _server = null!;
    RunFixture _fixture = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        RedisServer.SkipIfMissing();
        _server = new("appendonly yes", "appendfsync everysec");
        _fixture = await CreateAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) node.Dispose();
        if (_fixture is not null) await _fixture.DisposeAsync();
        _server?.Dispose();
    }

    [Fact]
    public async Task Of_two_nodes_one_is_killed_at_some_step()
    {
        var (id, nodes) = await StartAsync(2);
        await ReachAsync(id, 10 + Random.Shared.Next(40));
        nodes[1].Kill();
        Assert.Equal(await s_undisturbed.Value, await nodes[0].LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task The_node_that_leads_is_killed()
    {
        var (id, nodes) = await StartAsync(3);
        await ReachAsync(id, 20);
        var (_, control) = await _fixture.Runs.OpenAsync(id, Cancellation);
        var leader = nodes.Single(node => control.Members[0].Contains($"-{node.Id}."));
        leader.Kill();
        foreach (var node in nodes.Where(n => n != leader)) Assert.Equal(await s_undisturbed.Value, await node.LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task Two_of_four_nodes_are_killed_at_once()
    {
        var (id, nodes) = await StartAsync(4);
        await ReachAsync(id, 20);
        nodes[0].Kill();
        nodes[2].Kill();
        foreach (var node in new[] { nodes[1], nodes[3] }) Assert.Equal(await s_undisturbed.Value, await node.LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task A_node_that_is_stopped_until_the_others_have_gone_on_wakes_and_disturbs_nobody()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals on Windows.");
        var (id, nodes) = await StartAsync(2);
        var run = await ReachAsync(id, 20);
        nodes[1].Signal("STOP");
        await _fixture.WaitAsync(id, now => now.Nodes == 1 && now.Step > run.Step + 5);
        nodes[1].Signal("CONT");
        double undisturbed = await s_undisturbed.Value;
        Assert.Equal(undisturbed, await nodes[0].LossAsync(), LossTolerance);
        // It was let in again, or came when all was done.
        Assert.Equal(undisturbed, await nodes[1].LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task All_nodes_are_killed_and_another_resumes()
    {
        var (id, nodes) = await StartAsync(2);
        await _fixture.WaitAsync(id, run => run.CheckpointStep > 10);
        foreach (var node in nodes) node.Kill();
        await _fixture.WaitAsync(id, run => run.State == RunState.Interrupted);
        var resumed = Keep(NodeProcess.Resume(_fixture.Connection, id));
        Assert.Equal(await s_undisturbed.Value, await resumed.LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task A_node_comes_at_half_time()
    {
        var (id, nodes) = await StartAsync(2, minNode: 2);
        await ReachAsync(id, 20);
        // The run can't end before there are two again, unless the machine was so busy that it has ended already: then another is begun.
        for (nodes[1].Kill(); (await _fixture.WaitAsync(id, _ => true)).State == RunState.Completed; nodes[1].Kill())
        {
            (id, nodes) = await StartAsync(2, minNode: 2);
            await ReachAsync(id, 20);
        }
        var joined = Keep(NodeProcess.Join(_fixture.Connection, id));
        double undisturbed = await s_undisturbed.Value;
        Assert.Equal(undisturbed, await nodes[0].LossAsync(), LossTolerance);
        Assert.Equal(undisturbed, await joined.LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task The_server_is_killed_and_comes_back_with_its_data()
    {
        var (id, nodes) = await StartAsync(2);
        await ReachAsync(id, 20);
        _server.Kill();
        // Longer than the node timeout: an outage kills nobody.
        await Task.Delay(TimeSpan.FromSeconds(1.5 * RunFixture.Options.NodeTimeout), Cancellation);
        _server.Restart();
        foreach (var node in nodes) Assert.Equal(await s_undisturbed.Value, await node.LossAsync(), LossTolerance);
    }

    [Fact]
    public async Task The_server_comes_back_without_its_data_and_the_run_says_so()
    {
        using var server = new RedisServer();
        await using var fixture = await CreateAsync(server);
        var endless = s_specification with { MaxIteration = 1_000_000 };
        var node = Keep(NodeProcess.Start(fixture.Connection, RunFixture.DatasetName, "m", endless, s_options));
        await fixture.WaitAsync(await fixture.RunAsync(), run => run.Step > 10);
        server.Kill();
        server.Restart();
        Assert.StartsWith("RunStateLost: ", await node.ResultAsync());
    }

    [Fact]
    public async Task A_node_of_another_version_or_with_another_dataset_is_refused_with_the_reason()
    {
        var start = await _fixture.StartAsync(RunFixture.Options with { NodeCount = 2 });
        var (ledger, control) = await _fixture.Runs.OpenAsync(start.Run.Id, Cancellation);
        var key = ledger.Keys.Specification;
        foreach (var (changed, reason) in new[]
        {
            (ledger.Specification with { Module = "0.0.9" }, "it runs RedisML 0.0.9"),
            (ledger.Specification with { Datasets = [ledger.Specification.Datasets[0] with { Version = 7 }] },
                "reads version 7 of dataset 'points', which isn't there any more"),
            (ledger.Specification with { Datasets = [ledger.Specification.Datasets[0] with { Identity = "1 of another" }] },
                "reads dataset 'points', version 1 of another"),
        })
        {
            await _fixture.Connection.Database.StringSetAsync(key, changed.ToJson());
            var error = await Assert.ThrowsAsync<RedisMLException>(() => _fixture.JoinAsync(start.Run.Id));
            Assert.Equal("NodeRefused", error.ErrorId);
            Assert.Contains(reason, error.Message);
        }
        // One that doesn't judge itself is judged by the members.
        await _fixture.Connection.Database.StringSetAsync(key, ledger.Specification.ToJson());
        await _fixture.Connection.Database.HashSetAsync(ledger.Keys.Candidates, "stranger.1", """{"module":"9.9.9","protocol":1,"dataset":"","workers":1}""");
        await Patience.UntilAsync(
            async () => $"{await _fixture.Connection.Database.HashGetAsync(ledger.Keys.Candidates, "stranger.1")}"
                .Contains("!it has RedisML 9.9.9"),
            () => "Nobody judges the stranger.");
        await _fixture.Runs.StopAsync(start.Run.Id, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Completion);
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_fails_the_run_names_step_and_worker_and_keeps_the_last_good_state()
    {
        // Steps so long that each is further off than the one before.
        var specification = RunFixture.Specification with
        {
            Algorithm = "Linear",
            Label = "y",
            Derived = [],
            Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 1e40, Epochs = 100 },
        };
        // So many rows that a batch's loss gets out of range before the weights do.
        await using var fixture = await RunFixture.CreateAsync(await _server.ConnectAsync(), 80_000);
        var start = await fixture.StartAsync(RunFixture.Staying(2), specification);
        var other = await fixture.JoinAsync(start.Run.Id);
        foreach (var node in new[] { start, other })
        {
            var error = await Assert.ThrowsAsync<RedisMLException>(() => node.Completion.WaitAsync(Patience.Event, Cancellation));
            Assert.Equal("LossNotFinite", error.ErrorId);
            Assert.Matches("isn't finite at step [0-9]+.*Worker 0", error.Message);
        }
        var run = await fixture.Runs.GetAsync(start.Run.Id, Cancellation);
        Assert.Equal(RunState.Failed, run.State);
        Assert.Matches(@"node \S+: .* at step [0-9]+.* Worker 0", run.Reason);
        Assert.True(run.CheckpointStep > 0);
    }

    static async Task<RunFixture> CreateAsync(RedisServer server) => await RunFixture.CreateAsync(await server.ConnectAsync(), Rows);

    static async Task<double> UndisturbedAsync()
    {
        using var server = new RedisServer();
        await using var fixture = await CreateAsync(server);
        return (await (await fixture.StartAsync(new(), s_specification)).Completion.WaitAsync(Patience.Script, Cancellation)).Loss;
    }

    /// <summary>Ends with the test.</summary>
    NodeProcess Keep(NodeProcess node)
    {
        _nodes.Add(node);
        return node;
    }

    async Task<(string Id, NodeProcess[] Nodes)> StartAsync(int count, int minNode = 1)
    {
        List<NodeProcess> nodes = [Keep(NodeProcess.Start(_fixture.Connection, RunFixture.DatasetName, "m", s_specification,
            s_options with { NodeCount = count, MinNode = minNode }))];
        var id = await _fixture.RunAsync();
        for (int i = 1; i < count; i++) nodes.Add(Keep(NodeProcess.Join(_fixture.Connection, id)));
        return (id, [.. nodes]);
    }

    Task<TrainingRun> ReachAsync(string id, int step) => _fixture.WaitAsync(id, run => run.Step >= step);
}
