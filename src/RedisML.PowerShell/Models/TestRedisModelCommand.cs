using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Models;
using RedisML.PowerShell.Datasets;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsDiagnostic.Test, "RedisModel")]
[OutputType(typeof(EvaluationResult), typeof(GateResult))]
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
    public long? Version { get; set; }

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
                var result = await new ModelEvaluator(predictor)
                    .EvaluateAsync(Counted(new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation)), cancellation).ConfigureAwait(false);
                await NoteAsync(connection, model, dataset, result, cancellation).ConfigureAwait(false);
                evaluation = result with { Model = model.Name, ModelVersion = model.Version, Dataset = dataset.Name };
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
}
