using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Models;
using RedisML.PowerShell.Datasets;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsDiagnostic.Test, "RedisModel")]
<<<<<<< HEAD
[OutputType(typeof(RegressionResult), typeof(ClassificationReport))]
public sealed class TestRedisModelCommand : ModelCmdlet
=======
[OutputType(typeof(EvaluationResult), typeof(GateResult))]
public sealed partial class TestRedisModelCommand : ModelCmdlet
>>>>>>> f0e46c7fd94859d277bbd7d45578dd65d38b01ad
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Model")]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Version { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SampleWeight { get; set; }

    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Threshold { get; set; }

    protected override void ProcessRecord()
    {
        IReadOnlyList<Model> models = [];
        Run(async (connection, cancellation) => models = await FindAsync(new(connection), Name, Version, cancellation).ConfigureAwait(false));
        foreach (var model in models) Judge(model, Evaluate(model));
    }

    EvaluationResult Evaluate(Model model)
    {
        EvaluationResult? evaluation = null;
        long total = 0, rows = 0;
        Run($"Testing model '{model.Name}' on dataset '{Dataset}'", () => new($"{Volatile.Read(ref rows):N0} rows", (double)Volatile.Read(ref rows) / Math.Max(1, total)),
            async (connection, cancellation) =>
            {
                var predictor = await ModelFamilies.LoadAsync(new ModelStore(connection), model, cancellation).ConfigureAwait(false);
                var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
                total = dataset.Rows;
<<<<<<< HEAD
                var evaluator = new ModelEvaluator(predictor, new() { SampleWeight = SampleWeight, Threshold = Threshold });
                var result = await evaluator.EvaluateAsync(
                    Counted(new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation)), cancellation).ConfigureAwait(false);
                Report(result with { Model = model.Name, ModelVersion = model.Version, Dataset = dataset.Name }, predictor.Signature.Label.Column);
=======
                var result = await new ModelEvaluator(predictor)
                    .EvaluateAsync(Counted(new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation)), cancellation).ConfigureAwait(false);
                await NoteAsync(connection, model, dataset, result, cancellation).ConfigureAwait(false);
                evaluation = result with { Model = model.Name, ModelVersion = model.Version, Dataset = dataset.Name };
>>>>>>> f0e46c7fd94859d277bbd7d45578dd65d38b01ad
            });
        return evaluation!;

        async IAsyncEnumerable<DatasetChunk> Counted(IAsyncEnumerable<DatasetChunk> chunks)
        {
            await foreach (var chunk in chunks.ConfigureAwait(false))
            {
                Volatile.Write(ref rows, chunk.FirstRow + chunk.Rows);
                yield return chunk;
            }
        }
    }

    void Report(EvaluationResult result, string label)
    {
        List<string> left = [];
        if (result.RowsWithoutLabel > 0)
            left.Add($"{result.RowsWithoutLabel:N0} because '{label}'{(SampleWeight is null ? "" : $", or the weight '{SampleWeight}',")} is missing");
        if (result.RowsWithoutPrediction > 0)
            left.Add($"{result.RowsWithoutPrediction:N0} because the model predicts nothing where a value is missing (train with -Missing Mean)");
        if (left.Count > 0)
        {
            PostWarning($"Of {result.RowsWithoutLabel + result.RowsWithoutPrediction + result.Rows:N0} rows of '{result.Dataset}' these don't count for model '{result.Model}': "
                + $"{string.Join(", and ", left)}.");
        }
        if (result is ClassificationResult { RowsOfUnknownClass: > 0 } unknown)
            PostWarning($"{unknown.RowsOfUnknownClass:N0} of {result.Rows:N0} rows of '{result.Dataset}' are of classes that model '{result.Model}' never saw; they count as wrong.");
        PostObject(result is ClassificationResult classes ? new ClassificationReport(classes, SampleWeight is not null) : result);
    }
}
