using RedisML.Models;
using RedisML.Prediction;
using RedisML.Prediction.Onnx;
using RedisML.Runs;
using RedisML.Runs.Exchange;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>What a run tells of how far it is, over a real server.</summary>
public sealed class RunProgressTests(RedisServerFixture redis)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>As of boosting, where it is measured of one tree in ten, and whoever has come just now knows of none.</summary>
    [Fact]
    public async Task A_node_that_hasnt_measured_the_loss_leaves_the_one_that_was_told()
    {
        await using var fixture = await RunFixture.CreateAsync(await redis.ConnectAsync(), rows: 100);
        var progress = new Queue<RunProgress>([new(12, 0.5, 100, 1), new(13, double.NaN, 100, 1)]);
        ModelFamilies.Add(new TellingAlgorithm(progress));
        var telling = RunFixture.Specification with { Algorithm = TellingAlgorithm.AlgorithmName };
        var first = await fixture.StartAsync(RunFixture.Options, telling);
        await fixture.WaitAsync(first.Run.Id, run => run is { Step: 12, Loss: 0.5 });
        await fixture.Runs.StopAsync(first.Run.Id, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Completion.WaitAsync(Patience.Event, Cancellation));

        var second = await fixture.ResumeAsync(first.Run.Id);
        Assert.Equal(0.5, (await fixture.WaitAsync(first.Run.Id, run => run.Step == 13)).Loss);
        await fixture.Runs.StopAsync(first.Run.Id, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Completion.WaitAsync(Patience.Event, Cancellation));
    }

    /// <summary>Tells the next progress each time that it is taken up, and goes on until it is stopped.</summary>
    sealed class TellingAlgorithm(Queue<RunProgress> progress) : IAlgorithm
    {
        public const string AlgorithmName = "Telling";

        public string Name => AlgorithmName;

        public ModelTask? Task => ModelTask.Classes;

        public IReadOnlyList<AlgorithmOption> Options => [];

        public IOnnxForm? Onnx => null;

        public void Check(TrainingSpecification specification)
        {
        }

        public IPredictor Load(Model model, IReadOnlyDictionary<string, ParameterValue> parameters) => throw new NotSupportedException();

        public IRunProgram<TrainingResult> Train(TrainingContext context) => new Program(context, progress.Dequeue());

        sealed class Program(TrainingContext context, RunProgress told) : IRunProgram<TrainingResult>, IReplicatedState
        {
            public int Leaves => 1;

            public ulong Digest => 0;

            public void Prepare(Share share)
            {
            }

            public TrainingResult Run(IExchange exchange)
            {
                exchange.Commit(this);
                context.Progress!.Report(told);
                while (true)
                {
                    exchange.Gather(_ => []);
                    exchange.Commit(this);
                    context.ThrowIfStopping();
                    Thread.Yield();
                }
            }

            public void Write(BinaryWriter writer)
            {
            }

            public void Read(BinaryReader reader)
            {
            }
        }
    }
}
