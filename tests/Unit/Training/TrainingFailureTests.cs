using System.Text.Json;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Training.Optimization;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training;

/// <summary>What can't be trained, and trainings that are stopped or broken off.</summary>
public sealed class TrainingFailureTests
{
    static readonly TestTable s_table = new TestTable()
        .Add("x", Enumerable.Range(0, 30).Select(i => (double?)i))
        .Add("text", Enumerable.Range(0, 30).Select(i => (string?)$"{i % 3}"))
        .Add("one", Enumerable.Repeat((long?)1, 30))
        .Add("none", Enumerable.Repeat((double?)null, 30))
        .Add("infinite", Enumerable.Range(0, 30).Select(i => (double?)(i == 20 ? double.NegativeInfinity : i)))
        .Add("negative", Enumerable.Range(0, 30).Select(i => (double?)(i - 1)))
        .Add("huge", Enumerable.Range(0, 30).Select(i => (long?)(1L << 60 | (uint)i)))
        .Add("label", Enumerable.Range(0, 30).Select(i => (long?)(i % 2)))
        .Add("y", Enumerable.Range(0, 30).Select(i => (double?)i));

    public static TheoryData<string, string, TrainingSpecification> Impossible => new()
    {
        { "ColumnNotFound", "Did you mean 'label'?", Logistic with { Label = "lable" } },
        { "ColumnNotFound", "Did you mean 'text'?", Logistic with { Features = ["x", "test"] } },
        { "ColumnNotFound", "'z'", Logistic with { Derived = [new("d", "z + 1")], Features = ["x", "d"] } },
        { "DerivedColumnExists", "'x'", Logistic with { Derived = [new("x", "y + 1")] } },
        { "LabelAmongFeatures", "'label'", Logistic with { Features = ["x", "label"] } },
        { "NoFeature", "'label'", Logistic with { Features = [] } },
        { "CategoryNotAFeature", "'one'", Logistic with { Categories = ["one"] } },
        { "LabelNotNumeric", "'text'", Linear with { Label = "text" } },
        { "UnknownClass", "Linear", Linear with { PositiveClass = "1" } },
        { "UnknownClass", "'0', '1'", Logistic with { PositiveClass = "2" } },
        { "TooManyClasses", "Softmax", Logistic with { Label = "text" } },
        { "SingleClass", "'1'", Logistic with { Label = "one" } },
        { "LabelMissing", "'none'", Linear with { Label = "none" } },
        { "NoRow", "'none' is missing in 30", Linear with { Features = ["x", "none"], Missing = MissingPolicy.Drop } },
        { "InfiniteValue", "'infinite'", Linear with { Features = ["x", "infinite"] } },
        { "InfiniteValue", "'infinite'", Linear with { Label = "infinite" } },
        { "InvalidCategory", "'huge'", Linear with { Features = ["huge"], Categories = ["huge"] } },
        { "UnknownClass", "'2'", Logistic with { ClassWeights = new Dictionary<string, double> { ["2"] = 1 } } },
        { "UnknownClass", "balance", Linear with { BalanceClasses = true } },
        { "WeightInvalid", "'text'", Linear with { SampleWeight = "text" } },
        { "WeightInvalid", "'x'", Linear with { SampleWeight = "x" } },
        { "WeightInvalid", "-1", Linear with { SampleWeight = "negative" } },
        { "LabelNegative", "'negative'", Linear with { Algorithm = "Poisson", Label = "negative" } },
        { "LabelNotNumeric", "Poisson", Linear with { Algorithm = "Poisson", Label = "text" } },
        { "ValueOutOfRange", "L1", Linear with { L1 = double.NaN } },
        { "ValueOutOfRange", "BatchSize", Linear with { Optimizer = new() { BatchSize = 0 } } },
        { "ValueOutOfRange", "Momentum", Linear with { Optimizer = new() { Momentum = 1 } } },
        { "ValueOutOfRange", "L2", Linear with { L2 = -1 } },
        { "ValueOutOfRange", "Tolerance", Linear with { Tolerance = double.NaN } },
        { "ValueOutOfRange", "MaxIteration", Linear with { MaxIteration = 0 } },
    };

    static TrainingSpecification Logistic => new() { Algorithm = "Logistic", Label = "label", Features = ["x"] };

    static TrainingSpecification Linear => new() { Algorithm = "Linear", Label = "y", Features = ["x"] };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_trained_is_an_error_that_names_the_cause(string errorId, string expected,
        TrainingSpecification specification)
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() => s_table.TrainAsync(specification, chunkRows: 8));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("Linear")]
    [InlineData("LightGbm")]
    [InlineData("Network")]
    public async Task Too_many_levels_are_an_error_that_names_the_column(string algorithm)
    {
        var table = new TestTable().Add("id", Enumerable.Range(0, 10_001).Select(i => (string?)$"{i}"))
            .Add("y", Enumerable.Range(0, 10_001).Select(i => (double?)i));
        var specification = Linear with
        {
            Algorithm = algorithm,
            Features = null,
            L2 = 0,
            Missing = algorithm == "LightGbm" ? MissingPolicy.Keep : MissingPolicy.Drop,
            Optimizer = new() { Kind = algorithm == "Network" ? OptimizerKind.Adam : OptimizerKind.Lbfgs },
        };
        var error = await Assert.ThrowsAsync<RedisMLException>(() => table.TrainAsync(specification, chunkRows: 6000));
        Assert.Equal(("TooManyLevels", "id"), (error.ErrorId, error.Target));
    }

    /// <summary>A loss that is none of this label is told once the labels are known.</summary>
    [Theory]
    [InlineData("LogLoss", "text", "TooManyClasses")]
    [InlineData("LogLoss", "one", "SingleClass")]
    [InlineData("Poisson", "negative", "LabelNegative")]
    public async Task Labels_that_do_not_fit_a_networks_loss_are_refused(string loss, string label, string errorId)
    {
        var specification = Linear with
        {
            Algorithm = "Network",
            Label = label,
            L2 = 0,
            Options = new Dictionary<string, JsonElement> { ["Loss"] = JsonSerializer.SerializeToElement(loss) },
            Optimizer = new() { Kind = OptimizerKind.Adam },
        };
        Assert.Equal(errorId, (await Assert.ThrowsAsync<RedisMLException>(() => s_table.TrainAsync(specification))).ErrorId);
    }

    [Fact]
    public async Task No_rows_are_an_error()
    {
        var table = new TestTable().Add("x", System.Array.Empty<double?>()).Add("y", System.Array.Empty<double?>());
        Assert.Equal("NoRow", (await Assert.ThrowsAsync<RedisMLException>(() => table.TrainAsync(Linear))).ErrorId);
    }

    [Fact]
    public void Rows_that_no_memory_holds_are_refused_with_the_figures()
    {
        var error = Assert.Throws<RedisMLException>(() => new TrainingSession(Linear, s_table.Schema, new Endless(1L << 50), 1));
        Assert.Equal("DatasetTooLarge", error.ErrorId);
        Assert.Contains("16 bytes", error.Message);
    }

    [Fact]
    public async Task A_chunk_that_cannot_be_read_fails_the_training_for_all_workers()
    {
        var broken = new RedisMLException("ChecksumMismatch", ErrorKind.InvalidData, "The chunk isn't what was written.");
        var chunks = s_table.Chunks(3).Select(c => c.Index != 7 ? c : new DatasetChunk(7, c.FirstRow, c.Rows, () => throw broken, null))
            .ToList();
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            RunAsync(new TrainingSession(Linear, s_table.Schema, new MemoryChunks(chunks), 4)));
        Assert.Same(broken, error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_worker_that_is_stopped_while_chunks_are_awaited_ends_the_training(int stopped)
    {
        var chunks = new Endless(30);
        var session = new TrainingSession(Linear, s_table.Schema, chunks, 3);
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 3)
            .Select(worker => Task.Factory.StartNew(() => session.Work(worker, worker == stopped ? stop.Token : default),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await chunks.Awaited.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(workers).WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Completion);
    }

    [Fact]
    public async Task A_training_that_is_stopped_in_the_midst_of_its_steps_ends()
    {
        var table = TrainingSessionTests.Table(3000);
        using var stop = new CancellationTokenSource();
        var specification = TrainingSessionTests.Specification("Softmax") with
        {
            Missing = MissingPolicy.Mean,
            Tolerance = 0,
            L2 = 0,
            MaxIteration = int.MaxValue
        };
        var session = new TrainingSession(specification, table.Schema, new MemoryChunks(table.Chunks(500)), 3, new StopAt(3, stop));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            session.RunAsync(stop.Token).WaitAsync(Patience.Event, TestContext.Current.CancellationToken));
    }

    static Task<TrainingResult> RunAsync(TrainingSession session) =>
        session.RunAsync(CancellationToken.None).WaitAsync(Patience.Event, TestContext.Current.CancellationToken);

    /// <summary>Chunks that never come.</summary>
    sealed class Endless(long rows) : ITrainingChunks
    {
        readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Rows => rows;

        public Task Awaited => _awaited.Task;

        public DatasetChunk? Take(CancellationToken cancellation)
        {
            _awaited.TrySetResult();
            cancellation.WaitHandle.WaitOne();
            throw new OperationCanceledException(cancellation);
        }
    }

    sealed class StopAt(int iteration, CancellationTokenSource stop) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.Iteration == iteration) stop.Cancel();
        }
    }
}
