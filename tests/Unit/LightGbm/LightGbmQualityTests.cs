using System.Text.Json;
using RedisML.Benchmarks.Rivals;
using RedisML.Datasets;
using RedisML.Datasets.Splitting;
using RedisML.Evaluation;
using RedisML.Features;
using RedisML.Importing;
using RedisML.LightGbm;
using RedisML.Models;
using RedisML.Prediction;
using RedisML.Training;
using RedisML.Unit.Fixtures;
using RedisML.Unit.Training.Nodes;

namespace RedisML.Unit.LightGbm;

/// <summary>How good models on real rows are, beside those of the library driven directly; the benchmark <c>boost</c> does the same on the
/// large sets.</summary>
public sealed class LightGbmQualityTests(EmbeddedServerFixture server)
{
    const int Trees = 50;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, TrainingSpecification> Sets => new()
    {
        { "adult", BoostSets.Adult },
        { "bike-hour", BoostSets.BikeHour },
    };

    [Theory]
    [MemberData(nameof(Sets), DisableDiscoveryEnumeration = true)]
    public async Task It_is_as_good_as_the_library_itself(string name, TrainingSpecification specification)
    {
        var path = SharedData.Path($"{name}.csv.gz");
        await using var connection = await server.ConnectAsync();
        await DatasetImport.RunAsync(connection, path, new() { Dataset = name }, null, Cancellation);
        var datasets = new DatasetStore(connection);
        await new DatasetSplit(connection).RunAsync(await datasets.GetAsync(name, null, Cancellation),
            new() { Parts = SplitPart.TrainAndTest(0.2), Seed = 42 }, null, Cancellation);
        var (train, test) = (await datasets.GetAsync($"{name}-train", null, Cancellation),
            await datasets.GetAsync($"{name}-test", null, Cancellation));
        specification = specification with
        {
            Missing = MissingPolicy.Keep,
            Options = new Dictionary<string, JsonElement> { ["num_iterations"] = JsonSerializer.SerializeToElement(Trees) },
        };
        await RunFixture.Work(await ModelTraining.StartAsync(connection, train, name, specification, 1, new(), Cancellation), Cancellation)
            .Completion.WaitAsync(Patience.Event, Cancellation);
        var models = new ModelStore(connection);
        var model = await models.GetAsync(name, null, Cancellation);
        var parameters = (await models.ReadParametersAsync(model, null, Cancellation)).ToDictionary();

        var rows = new LibraryRows(model.Definition!.RequirePipeline());
        var reader = new DatasetReader(connection);
        await foreach (var chunk in reader.ReadAsync(train, cancellation: Cancellation))
        {
            using (chunk) rows.Add(chunk.Batch);
        }
        // As the library chooses itself: without what makes bits the same for any number of threads.
        var told = new BoostingOptions(specification).ToParameters(rows.Classes, rows.CategoricalColumns)
            .Replace(" deterministic=true", "").Replace(" force_col_wise=true", "");
        var text = NativeLightGbm.Train(rows.Values, rows.Labels, null, told, Trees, booster => booster.Save(0, -1));
        var ours = await QualityAsync(parameters);
        parameters[LightGbmAlgorithm.TextName] = new Scalar(text);
        Assert.All(ours.Zip(await QualityAsync(parameters)), pair => Assert.Equal(pair.Second, pair.First, 0.001));
        // Above what linear models come to (0.910 and 0.68).
        Assert.InRange(ours[^1], name == "adult" ? 0.92 : 0.9, 1);

        async Task<double[]> QualityAsync(Dictionary<string, ParameterValue> of) =>
            await new ModelEvaluator(ModelFamilies.Load(model, of)).EvaluateAsync(
                reader.ReadAsync(test, cancellation: Cancellation), Cancellation) switch
            {
                ClassificationResult classes => [classes.Accuracy!.Value, classes.Auc!.Value],
                var result => [((RegressionResult)result).R2!.Value],
            };
    }
}
