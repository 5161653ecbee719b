using System.Globalization;
using System.Text;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Importing;
using RedisML.Models;
using RedisML.Runs;
using RedisML.Training;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Training.Nodes;

/// <summary>A dataset of several chunks in Redis, and trainings on it.</summary>
sealed class RunFixture(RedisMLConnection connection) : IAsyncDisposable
{
    public const string DatasetName = "points";

    /// <summary>A logistic model that takes some twenty steps.</summary>
    public static TrainingSpecification Specification { get; } = new()
    {
        Algorithm = "Logistic",
        Label = "big",
        Derived = [new("big", "y > 1")],
        Features = ["a", "b", "c", "k"],
        Categories = ["k"],
        Missing = RedisML.Features.MissingPolicy.Mean,
    };

    /// <summary>The same, that goes on for as long as it may.</summary>
    public static TrainingSpecification Endless { get; } =
        Specification with { Algorithm = "Softmax", Tolerance = 0, MaxIteration = 1_000_000 };

    /// <summary>For nodes that come and go, soon noticed.</summary>
    public static NodeOptions Options { get; } = new()
    {
        NodeTimeout = 1, JoinTimeout = Patience.Event.TotalSeconds, OutageTimeout = Patience.Event.TotalSeconds, MaxNode = 16,
        CheckpointInterval = 0.2,
    };

    /// <summary>For nodes that all come and stay: on a busy machine none is taken for dead.</summary>
    public static NodeOptions Staying(int nodes) => Options with { NodeCount = nodes, MaxNode = nodes, NodeTimeout = 60 };

    public RedisMLConnection Connection => connection;

    public RunStore Runs { get; } = new(connection);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string Csv(int rows)
    {
        var random = new Random(3);
        var text = new StringBuilder("a,b,c,k,y\n");
        for (int i = 0; i < rows; i++)
        {
            double a = random.NextDouble(), b = random.NextDouble() * 100, c = Math.Sin(i * 0.1);
            int k = random.Next(7);
            text.Append(CultureInfo.InvariantCulture,
                $"{(i % 50 == 7 ? "" : a.ToString("R", CultureInfo.InvariantCulture))},{b:R},{c:R},{k}," +
                $"{a + b / 100 + 0.3 * c + 0.1 * k + random.NextDouble() - 0.5:R}\n");
        }
        return text.ToString();
    }

    public static async Task<RunFixture> CreateAsync(RedisMLConnection connection, int rows = 60_000)
    {
        using var folder = new TemporaryFolder();
        await DatasetImport.RunAsync(connection, folder.Write("points.csv", Csv(rows)), new() { Dataset = DatasetName }, null,
            Cancellation);
        return new(connection);
    }

    public async Task<ModelTraining> StartAsync(
        NodeOptions options, TrainingSpecification? specification = null, string model = "m", string name = DatasetName)
    {
        var dataset = await new DatasetStore(connection).GetAsync(name, null, Cancellation);
        return Work(await ModelTraining.StartAsync(connection, dataset, model, specification ?? Specification, 1, options, Cancellation));
    }

    public async Task<ModelTraining> ResumeAsync(string id) => Work(await ModelTraining.ResumeAsync(connection, id, 1, Cancellation));

    public async Task<ModelTraining> JoinAsync(string id) => Work(await ModelTraining.JoinAsync(connection, id, 1, Cancellation));

    /// <summary>Waits until a run is as it should be.</summary>
    public async Task<TrainingRun> WaitAsync(string id, Func<TrainingRun, bool> isSo)
    {
        TrainingRun run = null!;
        await Patience.UntilAsync(async () => isSo(run = await new TrainingStore(connection).GetAsync(id, Cancellation)),
            () => $"The run is still {run.State} at step {run.Step}, loss {run.Loss}, with {run.Nodes} nodes: {run.Reason}");
        return run;
    }

    /// <summary>Waits until a run of a model has begun.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(string model = "m")
    {
        string? found = null;
        await Patience.UntilAsync(async () =>
        {
            foreach (var id in await Runs.ListAsync(Cancellation))
                if (await Runs.FindAsync(id, Cancellation) is not null
                    && (await new TrainingStore(connection).GetAsync(id, Cancellation)).Model == model) found = id;
            return found is not null;
        }, () => "No run has begun.");
        return found!;
    }

    /// <summary>The bits of all parameters, by their names.</summary>
    public async Task<long[]> BitsAsync(string model)
    {
        var store = new ModelStore(connection);
        var parameters = await store.ReadParametersAsync(await store.GetAsync(model, null, Cancellation), null, Cancellation);
        return [.. parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .SelectMany(parameter => parameter.Value.ToDoubles()).Select(BitConverter.DoubleToInt64Bits)];
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    public static ModelTraining Work(ModelTraining training, CancellationToken cancellation = default)
    {
        for (int i = 0; i < training.Run.Workers; i++)
        {
            int worker = i;
            new Thread(() => training.Work(worker, cancellation)) { IsBackground = true }.Start();
        }
        return training;
    }
}
