using System.Management.Automation;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Models;
using RedisML.PowerShell.Cmdlets;
using RedisML.PowerShell.Datasets;
using RedisML.PowerShell.Models;
using RedisML.PowerShell.Outputs;
using RedisML.PowerShell.Serving;
using RedisML.Prediction;
using RedisML.Serving;

namespace RedisML.PowerShell.Prediction;

[Cmdlet(VerbsLifecycle.Invoke, "RedisPrediction", SupportsShouldProcess = true, DefaultParameterSetName = ObjectSet,
    HelpUri = HelpPage.Folder + "Invoke-RedisPrediction.md")]
[OutputType(typeof(PSObject), ParameterSetName = [ObjectSet, DatasetSet, KeySet, ServiceSet])]
[OutputType(typeof(DatasetPredictionResult), ParameterSetName = [OutputSet, JoinSet, ResumeSet])]
public sealed partial class InvokeRedisPredictionCommand : RedisMLCmdlet, IDisposable
{
    const string ObjectSet = "Object", DatasetSet = "Dataset", OutputSet = "OutputDataset", KeySet = "Key", ServiceSet = "Service";

    readonly UnseenLevels _unseen = new();
    Model _model = null!;
    IPredictor _predictor = null!;
    PredictionColumns _columns = null!;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ObjectSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = DatasetSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = OutputSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = KeySet)]
    [ArgumentCompleter(typeof(ModelNameCompleter))]
    public string Model { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = ServiceSet)]
    [ArgumentCompleter(typeof(PredictionServiceCompleter))]
    public string Service { get; set; } = "";

    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = DatasetSet)]
    [Parameter(ParameterSetName = OutputSet)]
    [Parameter(ParameterSetName = KeySet)]
    [ArgumentCompleter(typeof(ModelVersionCompleter))]
    public long? Version { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ServiceSet)]
    public PSObject InputObject { get; set; } = null!;

    [Parameter(Mandatory = true, ParameterSetName = DatasetSet)]
    [Parameter(Mandatory = true, ParameterSetName = OutputSet)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string Dataset { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = OutputSet)]
    [Parameter(Mandatory = true, ParameterSetName = JoinSet)]
    [Parameter(Mandatory = true, ParameterSetName = ResumeSet)]
    [ArgumentCompleter(typeof(DatasetNameCompleter))]
    public string OutputDataset { get; set; } = "";

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    public string[] Key { get; set; } = [];

    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = DatasetSet)]
    [Parameter(ParameterSetName = OutputSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ColumnNameCompleter))]
    public string[] KeepColumn { get; set; } = [];

    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = DatasetSet)]
    [Parameter(ParameterSetName = OutputSet)]
    [Parameter(ParameterSetName = KeySet)]
    [ValidateRange(0.0, 1.0)]
    public double? Threshold { get; set; }

    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = DatasetSet)]
    [Parameter(ParameterSetName = OutputSet)]
    [Parameter(ParameterSetName = KeySet)]
    public SwitchParameter ClassProbability { get; set; }

    [Parameter(ParameterSetName = OutputSet)]
    [Parameter(ParameterSetName = JoinSet)]
    [Parameter(ParameterSetName = ResumeSet)]
    [ValidateRange(1, 1024)]
    public int WorkerCount { get; set; } = Environment.ProcessorCount;

    [Parameter(ParameterSetName = OutputSet)]
    public SwitchParameter Force { get; set; }

    [Parameter(ParameterSetName = ServiceSet)]
    [ValidateRange(0.001, 3600.0)]
    public double Timeout { get; set; } = 10;

    protected override void BeginProcessing() => Run(async (connection, cancellation) =>
    {
        if (ParameterSetName == ServiceSet)
        {
            _client = await PredictionClient.ConnectAsync(connection, Service, cancellation).ConfigureAwait(false);
            return;
        }
        // What the run's model is, the run says.
        if (ParameterSetName is JoinSet or ResumeSet) return;
        var models = new ModelStore(connection);
        _model = await models.GetAsync(ModelReference.Parse(Model, Version), cancellation).ConfigureAwait(false);
        _predictor = await ModelFamilies.LoadAsync(models, _model, cancellation).ConfigureAwait(false);
        _columns = new(_predictor.Signature, Options([]));
    });

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ObjectSet: PredictObject(InputObject); break;
            case ServiceSet: AskService(InputObject); break;
            case KeySet: PredictKeys(); break;
            case DatasetSet: PredictRows(); break;
            case JoinSet when ShouldProcess(OutputDataset, "Take part in the prediction into dataset"):
            case ResumeSet when ShouldProcess(OutputDataset, "Go on with the prediction into dataset"):
                TakePart();
                break;
            case OutputSet when ShouldProcess(OutputDataset,
                $"Predict dataset '{Dataset}' with model '{_model.Name}', version {_model.Version}"):
                PredictDataset();
                break;
        }
    }

    /// <summary>The rows of a dataset as objects.</summary>
    void PredictRows() => Run(async (connection, cancellation) =>
    {
        var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
        var kept = Kept(dataset);
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation).ConfigureAwait(false))
            using (chunk)
            {
                using var rows = RowBatch.Of(chunk);
                var predictions = _predictor.Predict(rows);
                var objects = new PSObject[chunk.Rows];
                for (int row = 0; row < objects.Length; row++)
                {
                    objects[row] = CustomObject.Create(kept.Length + _columns.Names.Count);
                    foreach (int column in kept)
                        objects[row].Add(dataset.Columns[column].Name, chunk.Value(column, row, dataset.Columns[column].Type));
                    AddPrediction(objects[row], predictions, row);
                }
                Post(() =>
                {
                    Warn(predictions);
                    WriteObjects(objects);
                });
            }
    });

    /// <summary>The columns that stand before the prediction: none unless told.</summary>
    int[] Kept(Dataset dataset) => KeepColumn.Length == 0 ? [] : ColumnPatterns.Matching(dataset, KeepColumn);

    PredictionOptions Options(IReadOnlyList<string> keepColumns) =>
        new() { Threshold = Threshold, ClassProbabilities = ClassProbability, KeepColumns = keepColumns };

    void AddPrediction(PSObject target, Predictions predictions, int row)
    {
        for (int column = 0; column < _columns.Names.Count; column++)
            target.Add(_columns.Names[column], _columns.Value(predictions, row, column));
    }

    /// <summary>A warning for each category that wasn't met before.</summary>
    void Warn(Predictions predictions)
    {
        if (predictions.Unseen == 0) return;
        foreach (var level in _unseen.Add(predictions)) Warn(UnseenText(_model.Name, level.Column, level.Level));
    }

    static string UnseenText(string model, string column, string level) =>
        $"UnseenCategory: '{level}' in '{column}' isn't among the categories that model '{model}' was trained on; it counts as " +
        "none of them.";

    RedisMLException NotPredicted(string what, string problem, object target) => new("SignatureMismatch", ErrorKind.InvalidData,
        $"{what} can't be predicted by model '{_model.Name}', version {_model.Version}: {problem}.", target);
}
