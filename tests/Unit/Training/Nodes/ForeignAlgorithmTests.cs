using System.Diagnostics;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Expressions;
using RedisML.Models;
using RedisML.NearestCentroid;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Formats.Onnx;

namespace RedisML.Unit.Training.Nodes;

/// <summary>An algorithm from an assembly of its own, which sees no more of Core than anybody does: nothing of Core knows it.</summary>
public sealed class ForeignAlgorithmTests : IAsyncLifetime
{
    const int Passes = 1200;

    static readonly string s_program = typeof(CentroidAlgorithm).Assembly.Location;

    readonly List<Process> _nodes = [];
    RedisServer _server = null!;
    RunFixture _fixture = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        RedisServer.SkipIfMissing();
        ModelFamilies.Add(new CentroidAlgorithm());
        _server = new();
        _fixture = await RunFixture.CreateAsync(await _server.ConnectAsync(), rows: 6_000);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            if (!node.HasExited) node.Kill();
            node.Dispose();
        }
        if (_fixture is not null) await _fixture.DisposeAsync();
        _server?.Dispose();
    }

    [Fact]
    public async Task It_trains_over_processes_that_are_killed_is_resumed_predicts_and_is_exported()
    {
        var start = Node(RunFixture.DatasetName, $"{Passes}");
        var id = await _fixture.RunAsync("centroids");
        var join = Node(id);
        await _fixture.WaitAsync(id, run => run is { Nodes: 2, Step: >= 10 });
        join.Kill();
        var alone = await _fixture.WaitAsync(id, run => run is { Nodes: 1, Step: >= 20 });
        start.Kill();
        start.WaitForExit();
        var left = await _fixture.WaitAsync(id, run => run.State == RunState.Interrupted);
        Assert.InRange(left.Step, alone.Step, Passes - 1);
        Assert.InRange(left.CheckpointStep, 1, Passes - 1);

        var resumed = await (await _fixture.ResumeAsync(id)).Completion.WaitAsync(Patience.Script, Cancellation);
        Assert.Equal((RunState.Completed, "NearestCentroid", 1L), (resumed.State, resumed.Algorithm, resumed.ModelVersion));

        await (await _fixture.StartAsync(new(), CentroidRun.Specification(Passes), "undisturbed")).Completion.WaitAsync(Patience.Script,
            Cancellation);
        var (model, parameters) = await ReadAsync("centroids");
        var (_, undisturbed) = await ReadAsync("undisturbed");
        Assert.Equal(undisturbed[CentroidAlgorithm.ParameterName].ToDoubles(), parameters[CentroidAlgorithm.ParameterName].ToDoubles());

        await AssertPredictsAsync(model, parameters);
    }

    /// <summary>Its figures are those of its predictions, and ONNX Runtime predicts the same.</summary>
    async Task AssertPredictsAsync(Model model, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var predictor = ModelFamilies.Load(model, parameters);
        var dataset = await new DatasetStore(_fixture.Connection).GetAsync(RunFixture.DatasetName, null, Cancellation);
        var reader = new DatasetReader(_fixture.Connection);
        var result = (ClassificationResult)await new ModelEvaluator(predictor)
            .EvaluateAsync(reader.ReadAsync(dataset, cancellation: Cancellation), Cancellation);
        var classes = predictor.Signature.Label.Classes!;
        using var onnx = new OnnxRun(OnnxModel.Write(model, parameters));
        long right = 0;
        await foreach (var chunk in reader.ReadAsync(dataset, cancellation: Cancellation))
        {
            using (chunk)
            {
                using var rows = RowBatch.Of(chunk);
                var predictions = predictor.Predict(rows);
                using var columns = new BatchColumns(chunk.Batch, new DerivedColumns([]));
                var labels = (NumberVector)columns["k"];
                for (int row = 0; row < rows.Rows; row++)
                {
                    if (Categories.Parse(ColumnType.Int64, classes[(int)predictions.Values[row]]) == labels.Values[row]) right++;
                }
                var outputs = onnx.Run(name => columns[name]);
                Assert.Equal(predictions.Values.Select(value => Categories.Parse(ColumnType.Int64, classes[(int)value])),
                    (double[])outputs["label"]);
                Assert.All(predictions.Probabilities.Zip((double[])outputs["probability"]), pair =>
                    Assert.Equal(pair.First, pair.Second, 1e-12));
            }
        }
        Assert.Equal((double)right / dataset.Rows, result.Accuracy!.Value, 1e-12);
        Assert.InRange(result.Accuracy.Value, 1.2 / classes.Count, 1);
    }

    async Task<(Model Model, IReadOnlyDictionary<string, ParameterValue> Parameters)> ReadAsync(string name)
    {
        var store = new ModelStore(_fixture.Connection);
        var model = await store.GetAsync(name, null, Cancellation);
        return (model, (await store.ReadParametersAsync(model, null, Cancellation)).ToDictionary());
    }

    Process Node(params string[] arguments)
    {
        var node = Process.Start("dotnet", [s_program, $"{_fixture.Connection.Endpoint}", _fixture.Connection.Prefix, .. arguments]);
        _nodes.Add(node);
        return node;
    }
}
