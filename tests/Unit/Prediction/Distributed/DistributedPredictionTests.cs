using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Distributed;
using RedisML.Runs;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;

namespace RedisML.Unit.Prediction.Distributed;

/// <summary>A dataset predicted over nodes is what one process makes of it, to the bit, whoever is lost on the way.</summary>
public sealed class DistributedPredictionTests(EmbeddedServerFixture embedded, RedisServerFixture redis)
{
    const string Alone = "alone", Together = "together";
    const int Rows = 6000, Chunks = 12;

    static readonly PredictionOptions s_options = new() { KeepColumns = ["y"] };
    static readonly NodeOptions s_nodes = RunFixture.Options with { NodeCount = 2, MaxNode = 8 };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ServerKind.Redis)]
    [InlineData(ServerKind.Embedded)]
    public async Task Two_nodes_write_what_one_does_and_leave_nothing_else(ServerKind kind)
    {
        await using var connection = await PrepareAsync(await kind.ConnectAsync(embedded, redis));
        await using var other = await connection.CopyAsync(Cancellation);
        int keys = (await connection.KeysAsync()).Count;
        var started = new TaskCompletionSource();
        var first = StartAsync(connection, s_nodes, _ => started.TrySetResult());
        await started.Task.WaitAsync(Patience.Event, Cancellation);
        var error = await Assert.ThrowsAsync<RedisMLException>(() => StartAsync(connection, s_nodes));
        Assert.Equal("RunActive", error.ErrorId);
        var second = new DistributedPrediction(other) { WorkerCount = 1 }.JoinAsync(Together, null, Cancellation);
        foreach (var result in await Task.WhenAll(first, second).WaitAsync(Patience.Event, Cancellation))
            Assert.Equal((1, Rows, 2), (result.Version, result.Rows, result.UnseenLevels.Count));
        await AssertSameAsync(connection);
        // What is left of the run lapses; the output has as many keys as that of one process.
        var left = await connection.KeysAsync();
        Assert.DoesNotContain(left, key =>
            key.Contains(":import", StringComparison.Ordinal) || key.EndsWith(":runs", StringComparison.Ordinal));
        foreach (var key in left.Where(key => key.Contains(":run:", StringComparison.Ordinal)))
            Assert.True(await connection.Database.KeyTimeToLiveAsync(key) is not null, key);
        Assert.Equal(keys + left.Count(key => key.Contains(":dataset:together", StringComparison.Ordinal)),
            left.Count(key => !key.Contains(":run:", StringComparison.Ordinal)));
        Assert.True((await StartAsync(connection, s_nodes)).Unchanged);
        error = await Assert.ThrowsAsync<RedisMLException>(() => new DistributedPrediction(other).JoinAsync(Together, null, Cancellation));
        Assert.Equal("PredictionRunNotFound", error.ErrorId);
    }

    [Fact]
    public async Task Of_two_nodes_one_is_killed_and_each_row_is_there_once()
    {
        await using var connection = await PrepareAsync(await redis.ConnectAsync());
        using var process = new HostProcess(
            "param($Server, $Prefix)\n$null = Connect-RedisML $Server -Prefix $Prefix\n'ready'\n$null = [Console]::In.ReadLine()\n" +
            $"Invoke-RedisPrediction -OutputDataset {Together} -Join -WorkerCount 1", [connection.Endpoint, connection.Prefix]);
        Assert.Equal("ready", await process.ReadLineAsync());
        bool isKilled = false;
        var started = new TaskCompletionSource();
        var run = StartAsync(connection, s_nodes, progress =>
        {
            started.TrySetResult();
            if (progress is not { Rows: > 0, Nodes: 2 } || isKilled) return;
            // The rounds go on only after this.
            process.Kill();
            isKilled = true;
        });
        // Who joins has to find the run.
        await started.Task.WaitAsync(Patience.Event, Cancellation);
        await process.WriteLineAsync("go on");
        Assert.Equal(Rows, (await run.WaitAsync(Patience.Event, Cancellation)).Rows);
        Assert.True(isKilled);
        await AssertSameAsync(connection);
    }

    [Fact]
    public async Task A_run_that_is_stopped_goes_on_where_it_was()
    {
        await using var connection = await PrepareAsync(await redis.ConnectAsync());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        long before = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StartAsync(connection, s_nodes with { NodeCount = 1 }, progress =>
        {
            before = progress.Rows;
            if (before > 0) stop.Cancel();
        }, stop.Token));
        Assert.InRange(before, 1, Rows - 1);
        Assert.Null(await new DatasetStore(connection).FindAsync(Together, Cancellation));
        var seen = new List<long>();
        var result = await new DistributedPrediction(connection) { WorkerCount = 1 }
            .ResumeAsync(Together, new Told(progress => seen.Add(progress.Rows)), Cancellation).WaitAsync(Patience.Event, Cancellation);
        Assert.Equal(Rows, result.Rows);
        Assert.True(seen.First(rows => rows > 0) > before);
        await AssertSameAsync(connection);
    }

    [Fact]
    public async Task A_model_that_was_changed_under_its_number_lets_no_node_in()
    {
        await using var connection = await PrepareAsync(await redis.ConnectAsync());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var started = new TaskCompletionSource();
        var run = StartAsync(connection, s_nodes, _ => started.TrySetResult(), stop.Token);
        await started.Task.WaitAsync(Patience.Event, Cancellation);
        await connection.Database.HashSetAsync(connection.Keys.ModelVersion("m", 1), "p:intercept", new Scalar(5.0).Encode());
        var error = await Assert.ThrowsAsync<RedisMLException>(
            () => new DistributedPrediction(connection).JoinAsync(Together, null, Cancellation));
        Assert.Equal("NodeRefused", error.ErrorId);
        Assert.Contains("was changed meanwhile", error.Message);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    /// <summary>Rows of several chunks, a model that doesn't know two of their categories, and the predictions of one process.</summary>
    static async Task<RedisMLConnection> PrepareAsync(RedisMLConnection connection)
    {
        using var folder = new TemporaryFolder();
        var lines = RunFixture.Csv(Rows).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // What is appended is a chunk of its own.
        for (int part = 0; part < Chunks; part++)
            await DatasetImport.RunAsync(connection,
                folder.Write($"{part}.csv", string.Join('\n', lines.Skip(1 + part * Rows / Chunks).Take(Rows / Chunks).Prepend(lines[0]))),
                new() { Dataset = "points", Append = part > 0 }, null, Cancellation);
        var model = await new ModelStore(connection).PublishAsync("m", new()
        {
            Algorithm = "Linear",
            Task = ModelTask.Regression,
            Pipeline = new()
            {
                Inputs = [new("b", ColumnType.Float64), new("k", ColumnType.Int64)],
                Features =
                [
                    new NumericFeature("b", 50, 30),
                    new CategoryFeature("k", ColumnType.Int64, ["0", "1", "2", "3", "4"], MissingLevel: false),
                ],
                Label = new("y", ColumnType.Float64, null),
            },
            Lineage = new() { Dataset = "points", DatasetVersion = 1, Run = "r", RowsUsed = 1, Trained = DateTimeOffset.UnixEpoch },
        }, [new("weight", new Tensor(new double[] { 0.3, 1, 2, 3, 4, 5 }, 6)), new("intercept", new Scalar(0.1))], Cancellation);
        await new DatasetPrediction(connection).RunAsync(model, await PointsAsync(connection), Alone, s_options, false, null, Cancellation);
        return connection;
    }

    static async Task<DatasetPredictionResult> StartAsync(RedisMLConnection connection, NodeOptions nodes,
        Action<PredictionProgress>? progress = null, CancellationToken? cancellation = null) =>
        await new DistributedPrediction(connection) { WorkerCount = 1, RoundChunks = 4 }.RunAsync(
            await new ModelStore(connection).GetAsync(new ModelReference("m"), Cancellation), await PointsAsync(connection), Together,
            s_options, false, nodes, new Told(progress ?? (_ => { })), cancellation ?? Cancellation);

    static Task<Dataset> PointsAsync(RedisMLConnection connection) => new DatasetStore(connection).GetAsync("points", null, Cancellation);

    /// <summary>The chunks have the same bytes in the same order, and the columns the same figures.</summary>
    static async Task AssertSameAsync(RedisMLConnection connection)
    {
        var (one, two) = (await ReadAsync(Alone), await ReadAsync(Together));
        Assert.Equal(Chunks, one.Chunks.Count);
        Assert.Equal(one.Chunks, two.Chunks);
        Assert.Equal(one.Dataset.Columns, two.Dataset.Columns);
        Assert.Equal((one.Dataset.Rows, one.Dataset.StoredBytes, one.Dataset.Fingerprint),
            (two.Dataset.Rows, two.Dataset.StoredBytes, two.Dataset.Fingerprint));

        async Task<(Dataset Dataset, List<byte[]> Chunks)> ReadAsync(string name)
        {
            var store = new DatasetStore(connection);
            var dataset = await store.GetAsync(name, null, Cancellation);
            List<byte[]> chunks = [];
            foreach (var page in dataset.Pages)
                foreach (var entry in await store.PageAsync(dataset, page, Cancellation))
                    chunks.Add((byte[])(await connection.Database.StringGetAsync(entry.Key))!);
            return (dataset, chunks);
        }
    }

    /// <summary>Tells at once, on the thread that reports.</summary>
    sealed class Told(Action<PredictionProgress> tell) : IProgress<PredictionProgress>
    {
        readonly Lock _lock = new();

        public void Report(PredictionProgress value)
        {
            lock (_lock) tell(value);
        }
    }
}
