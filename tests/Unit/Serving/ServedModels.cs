using RedisML.Columns;
using RedisML.Connections;
using RedisML.Features;
using RedisML.Models;

namespace RedisML.Unit.Serving;

/// <summary>Models to be asked: each answer tells which version gave it.</summary>
static class ServedModels
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Version n says x + n.</summary>
    public static Task<Model> PublishNumberAsync(RedisMLConnection connection, string name, int version) =>
        new ModelStore(connection).PublishAsync(name, Definition("Linear", ModelTask.Regression, $"r{version}", new()
        {
            Inputs = [new("x", ColumnType.Float64)],
            Features = [new NumericFeature("x", 0, 1)],
            Label = new("y", ColumnType.Float64, null),
        }), [new("weight", new Tensor(new double[] { 1 }, 1)), new("intercept", new Scalar((double)version))], Cancellation);

    /// <summary>Says <c>no</c> and <c>yes</c> of a number and a category; odds are even at (0, u).</summary>
    public static Task<Model> PublishClassAsync(RedisMLConnection connection, string name) =>
        new ModelStore(connection).PublishAsync(name, Definition("Logistic", ModelTask.Binary, "r", new()
        {
            Inputs = [new("x", ColumnType.Float64), new("c", ColumnType.Utf8)],
            Features = [new NumericFeature("x", 0, 1), new CategoryFeature("c", ColumnType.Utf8, ["u", "vé"], MissingLevel: false)],
            Label = new("y", ColumnType.Utf8, ["no", "yes"]),
        }), [new("weight", new Tensor(new double[] { 1, 0, 1000 }, 3)), new("intercept", new Scalar(0.0))], Cancellation);

    static ModelDefinition Definition(string algorithm, ModelTask task, string run, FeaturePipeline pipeline) => new()
    {
        Algorithm = algorithm,
        Task = task,
        Pipeline = pipeline,
        Lineage = new() { Dataset = "d", DatasetVersion = 1, Run = run, RowsUsed = 1, Trained = DateTimeOffset.UnixEpoch },
    };
}
