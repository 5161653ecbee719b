using System.Management.Automation;
using RedisML.Algorithms.Linear;
using RedisML.Datasets;
using RedisML.Evaluation;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;
using RedisML.Prediction;

namespace RedisML.PowerShell.Models;

[Cmdlet(VerbsDiagnostic.Test, "RedisModel")]
[OutputType(typeof(EvaluationResult))]
public sealed class TestRedisModelCommand : RedisMLCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Model")]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter]
    public long? Version { get; set; }

    protected override void ProcessRecord()
    {
        long total = 0, rows = 0;
        Run($"Testing model '{Name}' on dataset '{Dataset}'", () => new($"{Volatile.Read(ref rows):N0} rows", (double)Volatile.Read(ref rows) / Math.Max(1, total)),
            async (connection, cancellation) =>
            {
                var models = new ModelStore(connection);
                var model = await models.GetAsync(Name, Version, cancellation).ConfigureAwait(false);
                var parameters = await LinearParameters.ReadAsync(models, model, cancellation).ConfigureAwait(false);
                var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
                total = dataset.Rows;
                var result = await new ModelEvaluator(new Predictor(model.Definition!, parameters))
                    .EvaluateAsync(Counted(new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation)), cancellation).ConfigureAwait(false);
                PostObject(result with { Model = model.Name, ModelVersion = model.Version, Dataset = dataset.Name });
            });

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
