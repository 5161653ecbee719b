using System.Text.Json;
using RedisML.Datasets;
using RedisML.Features;
using RedisML.Importing;
using RedisML.LightGbm.Trees;
using RedisML.Models;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Unit.Algorithms;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>Boosting and networks by processes that are killed as kill -9 does it.</summary>
public sealed class KilledNodesTests(RedisServerFixture redis)
{
    const int Rows = 6_000, Trees = 8;

    /// <summary>Steps are exchanges, of which a tree takes some thirty, and a batch of a network one.</summary>
    const int Under = 60;

    // So patient that a busy machine throws nobody out.
    static readonly NodeOptions s_options = RunFixture.Options with { NodeTimeout = 2, CheckpointStep = 15 };

    static readonly NodeOptions s_two = s_options with { NodeCount = 2, MinNode = 2, MaxNode = 2 };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Algorithms => ["LightGbm", "Network"];

    /// <summary>The tree under way is grown again by the two that are left, and so are those after it: to the bit what two grow who
    /// begin with the trees that three grew.</summary>
    [Fact]
    public async Task Where_one_of_three_is_killed_in_mid_tree_the_other_two_grow_it_and_all_after_it()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), Rows);
        var specification = Boosting;
        using var start = NodeProcess.Start(fixture.Connection, RunFixture.DatasetName, "killed", specification,
            s_options with { NodeCount = 3, MaxNode = 3 });
        var id = await fixture.RunAsync("killed");
        using var other = NodeProcess.Join(fixture.Connection, id);
        using var killed = NodeProcess.Join(fixture.Connection, id);
        await fixture.WaitAsync(id, run => run is { Nodes: 3, CheckpointStep: >= Under });
        killed.Kill();
        Assert.Equal(await start.LossAsync(), await other.LossAsync());
        var grown = await TreesAsync(fixture, "killed");
        Assert.Equal(Trees, grown.Count);
        Assert.Equal(2, (await fixture.Runs.GetAsync(id, Cancellation)).Nodes);

        var states = new List<byte[]>();
        var three = await TogetherAsync(fixture, specification, 3, [], states);
        int common = grown.Zip(three).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.InRange(common, 1, Trees - 1);
        // The first section is that of the bins.
        Assert.Equal(await TogetherAsync(fixture, specification, 2, states[common + 1]), grown);
    }

    /// <summary>All of its processes are killed, and others take it up at its last checkpoint.</summary>
    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_killed_run_that_is_resumed_ends_with_the_bits_of_an_undisturbed_one(string algorithm)
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), Rows);
        var specification = algorithm == "LightGbm" ? Boosting : Network;
        using (var start = NodeProcess.Start(fixture.Connection, RunFixture.DatasetName, "killed", specification, s_two))
        {
            using var other = NodeProcess.Join(fixture.Connection, await fixture.RunAsync("killed"));
            await fixture.WaitAsync(await fixture.RunAsync("killed"), run => run.CheckpointStep >= Under);
            other.Kill();
            start.Kill();
        }
        var id = await fixture.RunAsync("killed");
        var left = await fixture.WaitAsync(id, run => run.State == RunState.Interrupted);
        Assert.InRange(left.CheckpointStep, Under, int.MaxValue);
        var staying = s_two with { NodeTimeout = 60 };
        ModelTraining[] all =
        [
            await fixture.ResumeAsync(id), await fixture.JoinAsync(id), await fixture.StartAsync(staying, specification, "undisturbed"),
            await fixture.JoinAsync(await fixture.RunAsync("undisturbed")),
        ];
        var runs = await Task.WhenAll(all.Select(node => node.Completion)).WaitAsync(Patience.Event, Cancellation);
        Assert.All(runs, run => Assert.Equal((RunState.Completed, runs[0].Step, runs[0].Loss), (run.State, run.Step, run.Loss)));
        Assert.Equal(await ParametersAsync(fixture, "undisturbed"), await ParametersAsync(fixture, "killed"));
    }

    /// <summary>The other goes on alone, and comes to the bits of one that was alone from the start.</summary>
    [Fact]
    public async Task A_factorisation_of_which_one_of_two_nodes_is_killed_ends_with_the_bits_of_an_undisturbed_one()
    {
        await using var fixture = new RunFixture(await redis.ConnectAsync());
        using var folder = new TemporaryFolder();
        var table = MatrixFactorizationTests.Generated(60, 40, 15, 0.3, least: 0);
        await DatasetImport.RunAsync(fixture.Connection, folder.Write("ratings.csv", "user,item,rating\n" + string.Concat(
            Enumerable.Range(0, table.Rows).Select(row => FormattableString.Invariant(
                $"{table.Column("user")[row]},{table.Column("item")[row]},{table.Column("rating")[row]:R}\n")))),
            new() { Dataset = "ratings" }, null, Cancellation);
        var specification = MatrixFactorizationTests.Specification(("Factors", 4), ("Iterations", 2_000));
        await (await fixture.StartAsync(new(), specification, "undisturbed", "ratings")).Completion
            .WaitAsync(Patience.Event, Cancellation);

        var left = await fixture.StartAsync(s_options with { NodeCount = 2, MaxNode = 2 }, specification, "killed", "ratings");
        using (var killed = NodeProcess.Join(fixture.Connection, left.Run.Id))
        {
            await fixture.WaitAsync(left.Run.Id, run => run is { Nodes: 2, Step: > 20 });
            killed.Kill();
        }
        var run = await left.Completion.WaitAsync(Patience.Event, Cancellation);
        // One alone at its end: it was killed before.
        Assert.Equal((RunState.Completed, 2_000, 1), (run.State, run.Step, run.Nodes));
        Assert.Equal(await ParametersAsync(fixture, "undisturbed"), await ParametersAsync(fixture, "killed"));
    }

    static TrainingSpecification Boosting => RunFixture.Specification with
    {
        Algorithm = "LightGbm",
        Label = "y",
        // Of so many magnitudes that sums have other bits where rows are shared out otherwise.
        SampleWeight = "wide",
        Derived = [new("wide", "pow(10, 2 * k)")],
        Features = ["a", "b", "c"],
        Categories = [],
        Missing = MissingPolicy.Keep,
        Options = new Dictionary<string, JsonElement>
        {
            ["num_iterations"] = JsonSerializer.SerializeToElement(Trees),
            ["num_leaves"] = JsonSerializer.SerializeToElement(15),
        },
    };

    static TrainingSpecification Network => RunFixture.Specification with
    {
        Algorithm = "Network",
        Label = "y",
        L2 = 0,
        Options = new Dictionary<string, JsonElement>
        {
            ["Layers"] = JsonSerializer.SerializeToElement(16),
            ["Dropout"] = JsonSerializer.SerializeToElement(0.1),
        },
        Optimizer = new() { Kind = OptimizerKind.Adam, BatchSize = 600, Epochs = 20 },
    };

    /// <summary>The trees of so many members who aren't disturbed.</summary>
    static async Task<IReadOnlyList<string>> TogetherAsync(
        RunFixture fixture, TrainingSpecification specification, int count, byte[] saved, List<byte[]>? states = null)
    {
        using var members = new Members(count);
        var dataset = await new DatasetStore(fixture.Connection).GetAsync(RunFixture.DatasetName, null, Cancellation);
        var results = await Task.WhenAll(Enumerable.Range(0, count).Select(async rank =>
        {
            await using var source = await DatasetTrainingSource.OpenAsync(fixture.Connection, dataset, Cancellation);
            var completed = specification with { MaxIteration = int.MaxValue };
            return await new TrainingSession(completed, [.. dataset.Columns.Select(column => column.Schema)], source,
                members.Link(rank, saved, rank == 0 ? states : null), 1, null).RunAsync(Cancellation);
        }));
        var texts = results.Select(result => $"{result.Parameters.ToDictionary()["model"]}").ToList();
        Assert.All(texts, text => Assert.Equal(texts[0], text));
        return ModelText.Parse(texts[0], null).Trees;
    }

    static async Task<IReadOnlyList<string>> TreesAsync(RunFixture fixture, string name) =>
        ModelText.Parse($"{(await ReadAsync(fixture, name))["model"]}", name).Trees;

    static async Task<Dictionary<string, byte[]>> ParametersAsync(RunFixture fixture, string name) =>
        (await ReadAsync(fixture, name)).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.Encode());

    static async Task<Dictionary<string, ParameterValue>> ReadAsync(RunFixture fixture, string name)
    {
        var store = new ModelStore(fixture.Connection);
        return (await store.ReadParametersAsync(await store.GetAsync(name, null, Cancellation), null, Cancellation)).ToDictionary();
    }
}
