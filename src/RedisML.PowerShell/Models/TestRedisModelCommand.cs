using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Evaluation;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsDiagnostic.Test, "RedisModel", HelpUri = HelpPage.Folder + "Test-RedisModel.md")]
[OutputType(typeof(RegressionResult), typeof(ClassificationReport), typeof(RecommendationResult), typeof(GateResult))]
public sealed partial class TestRedisModelCommand : ModelCmdlet
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
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string? SampleWeight { get; set; }

    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Threshold { get; set; }

    [Parameter]
    [ValidateRange(1, 10_000)]
    public int Top { get; set; } = new EvaluationOptions().Top;

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            IReadOnlyList<Model> models = [];
            Run(async (connection, cancellation) =>
                models = await FindAsync(new(connection), [name], Version, cancellation).ConfigureAwait(false));
            foreach (var model in models)
                if (Evaluate(model, mayPassOver: NamePattern.HasWildcards(name)) is { } result) Judge(model, result);
        }
    }

    /// <param name="mayPassOver">Whether it may be a model that predicts nothing of rows, such as one of language. Then null.</param>
    EvaluationResult? Evaluate(Model model, bool mayPassOver)
    {
        EvaluationResult? evaluation = null;
        long total = 0, rows = 0;
        Run($"Testing model '{model.Name}' on dataset '{Dataset}'", () =>
            new($"{Volatile.Read(ref rows):N0} rows", (double)Volatile.Read(ref rows) / Math.Max(1, total)),
            async (connection, cancellation) =>
            {
                IPredictor predictor;
                try
                {
                    predictor = await ModelFamilies.LoadAsync(new ModelStore(connection), model, cancellation).ConfigureAwait(false);
                }
                catch (RedisMLException e) when (mayPassOver && e.ErrorId is ("ModelNotPredictable" or "ModelNotTrained"))
                {
                    PostVerbose($"Passed over: {e.Message}");
                    return;
                }
                var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
                total = dataset.Rows;
                var evaluator = new ModelEvaluator(predictor, new() { SampleWeight = SampleWeight, Threshold = Threshold, Top = Top });
                var result = await evaluator.EvaluateAsync(
                    Counted(new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation)), cancellation)
                        .ConfigureAwait(false);
                evaluation = result with { Model = model.Name, ModelVersion = model.Version, Dataset = dataset.Name };
                Warn(evaluation, predictor.Signature.Label.Column);
                // What a weight, a threshold or another length made of the figures isn't what others would compare with.
                if (SampleWeight is null && Threshold is null && Top == new EvaluationOptions().Top)
                    await NoteAsync(connection, model, dataset, result, cancellation).ConfigureAwait(false);
            });
        return evaluation;

        async IAsyncEnumerable<DatasetChunk> Counted(IAsyncEnumerable<DatasetChunk> chunks)
        {
            await foreach (var chunk in chunks.ConfigureAwait(false))
            {
                Volatile.Write(ref rows, chunk.FirstRow + chunk.Rows);
                yield return chunk;
            }
        }
    }

    /// <summary>Says which rows don't count, and which are of classes that the model never saw.</summary>
    void Warn(EvaluationResult result, string label)
    {
        List<string> left = [];
        if (result.RowsWithoutLabel > 0)
            left.Add(
                $"{result.RowsWithoutLabel:N0} because '{label}'{(SampleWeight is null ? "" : $", or the weight '{SampleWeight}',")} is " +
                "missing");
        if (result.RowsWithoutPrediction > 0)
            left.Add($"{result.RowsWithoutPrediction:N0} because the model predicts nothing where a value is missing " +
                "(train with -Missing Mean)");
        if (left.Count > 0)
        {
            PostWarning(
                $"Of {result.RowsWithoutLabel + result.RowsWithoutPrediction + result.Rows:N0} rows of '{result.Dataset}' these don't " +
                $"count for model '{result.Model}': "
                + $"{string.Join(", and ", left)}.");
        }
        if (result is ClassificationResult { RowsOfUnknownClass: > 0 } unknown)
            PostWarning(
                $"{unknown.RowsOfUnknownClass:N0} of {result.Rows:N0} rows of '{result.Dataset}' are of classes that model " +
                $"'{result.Model}' never saw; they count as wrong.");
    }

    /// <summary>The figures as they are shown.</summary>
    object ToReport(EvaluationResult result) =>
        result is ClassificationResult classes ? new ClassificationReport(classes, SampleWeight is not null) : result;
}
