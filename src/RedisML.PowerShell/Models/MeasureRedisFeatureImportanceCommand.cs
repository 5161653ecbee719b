using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsDiagnostic.Measure, "RedisFeatureImportance", HelpUri = HelpPage.Folder + "Measure-RedisFeatureImportance.md")]
[OutputType(typeof(FeatureImportance))]
public sealed class MeasureRedisFeatureImportanceCommand : ModelCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter]
    public ImportanceMetric? Metric { get; set; }

    [Parameter]
    [ValidateRange(1, 1000)]
    public int Repeat { get; set; } = new ImportanceOptions().Repeats;

    [Parameter]
    [ValidateRange(1, 100_000_000)]
    public int Sample { get; set; } = new ImportanceOptions().MaxRows;

    [Parameter]
    public int Seed { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? SampleWeight { get; set; }

    protected override void ProcessRecord()
    {
        IReadOnlyList<Model> models = [];
        Run(async (connection, cancellation) =>
            models = await FindAsync(new(connection), Model, Version, cancellation).ConfigureAwait(false));
        foreach (var model in models) Measure(model);
    }

    void Measure(Model model)
    {
        var done = new LatestProgress<double>();
        Run($"Measuring what model '{model.Name}' needs", () => new($"{done.Value:P0}", done.Value), async (connection, cancellation) =>
        {
            var predictor = await ModelFamilies.LoadAsync(new ModelStore(connection), model, cancellation).ConfigureAwait(false);
            var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
            var importance = new PermutationImportance(
                predictor, new() { Metric = Metric, Repeats = Repeat, MaxRows = Sample, Seed = Seed, SampleWeight = SampleWeight });
            var schema = dataset.Columns.Select(column => column.Schema).ToList();
            var chunks = new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation);
            foreach (var feature in await importance.MeasureAsync(schema, dataset.Rows, chunks, done, cancellation).ConfigureAwait(false))
                PostObject(feature with { Model = model.Name, ModelVersion = model.Version, Dataset = dataset.Name });
        });
    }
}
