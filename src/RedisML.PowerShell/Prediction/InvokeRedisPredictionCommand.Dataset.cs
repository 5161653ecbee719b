using System.Management.Automation;
using RedisML.Datasets;
using RedisML.PowerShell.Cmdlets;
using RedisML.Prediction;
using RedisML.Prediction.Distributed;
using RedisML.Runs;

namespace RedisML.PowerShell.Prediction;

// From a dataset into another: in this process alone, or as a run that others take part in.
public sealed partial class InvokeRedisPredictionCommand
{
    const string JoinSet = "Join", ResumeSet = "Resume";

    [Parameter(ParameterSetName = OutputSet)]
    [ValidateRange(1, 64)]
    public int? NodeCount { get; set; }

    [Parameter(ParameterSetName = OutputSet)]
    [ValidateRange(1.0, 86400.0)]
    public double JoinTimeout { get; set; } = new NodeOptions().JoinTimeout;

    [Parameter(ParameterSetName = OutputSet)]
    [ValidateRange(0.5, 3600.0)]
    public double NodeTimeout { get; set; } = new NodeOptions().NodeTimeout;

    [Parameter(Mandatory = true, ParameterSetName = JoinSet)]
    public SwitchParameter Join { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = ResumeSet)]
    public SwitchParameter Resume { get; set; }

    void PredictDataset()
    {
        var progress = new LatestProgress<PredictionProgress>();
        var alone = new Progress(progress);
        Run($"Predicting dataset '{Dataset}'", () => Report(progress), async (connection, cancellation) =>
        {
            var dataset = await new DatasetStore(connection).GetAsync(Dataset, null, cancellation).ConfigureAwait(false);
            alone.TotalRows = dataset.Rows;
            var options = Options([.. Kept(dataset).Select(column => dataset.Columns[column].Name)]);
            Write(NodeCount is not { } nodes
                ? await new DatasetPrediction(connection) { WorkerCount = WorkerCount }
                    .RunAsync(_model, dataset, OutputDataset, options, Force, alone, cancellation).ConfigureAwait(false)
                : await new DistributedPrediction(connection) { WorkerCount = WorkerCount }
                    .RunAsync(_model, dataset, OutputDataset, options, Force, Nodes(nodes), progress, cancellation).ConfigureAwait(false));
        });
    }

    void TakePart()
    {
        var progress = new LatestProgress<PredictionProgress>();
        Run($"Predicting into dataset '{OutputDataset}'", () => Report(progress), async (connection, cancellation) =>
        {
            var prediction = new DistributedPrediction(connection) { WorkerCount = WorkerCount };
            Write(Join ? await prediction.JoinAsync(OutputDataset, progress, cancellation).ConfigureAwait(false)
                : await prediction.ResumeAsync(OutputDataset, progress, cancellation).ConfigureAwait(false));
        });
    }

    /// <summary>More than it starts with may come: a node that takes over where others were lost is one of them.</summary>
    NodeOptions Nodes(int count) => new()
    {
        NodeCount = count,
        MaxNode = 64,
        JoinTimeout = JoinTimeout,
        NodeTimeout = NodeTimeout,
        CheckpointInterval = 5,
    };

    void Write(DatasetPredictionResult result) => Post(() =>
    {
        foreach (var level in result.UnseenLevels) Warn(UnseenText(result.Model, level.Column, level.Level));
        WriteObject(result);
    });

    static ProgressReport Report(LatestProgress<PredictionProgress> progress)
    {
        var (rows, total, nodes, isWaiting) = progress.Value;
        string several = nodes > 1 ? $", {nodes} nodes" : "";
        return isWaiting ? new($"waits for nodes{several}")
            : new($"{rows:N0} rows, {rows / progress.Seconds:N0} rows/s{several}", (double)rows / Math.Max(1, total));
    }

    /// <summary>Of this process alone.</summary>
    sealed class Progress(IProgress<PredictionProgress> progress) : IProgress<long>
    {
        public long TotalRows { get; set; }

        public void Report(long value) => progress.Report(new(value, TotalRows, 1, IsWaiting: false));
    }
}
