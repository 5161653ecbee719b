using Apache.Arrow;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Measures a model against labelled rows.</summary>
public sealed class ModelEvaluator(Predictor predictor)
{
    readonly LabelEncoding _label = predictor.Pipeline.Label;

    /// <summary>Measures all rows of a dataset, several chunks at a time.</summary>
    /// <param name="chunks">In order; each is disposed of.</param>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>.</exception>
    public async Task<EvaluationResult> EvaluateAsync(IAsyncEnumerable<DatasetChunk> chunks, CancellationToken cancellation)
    {
        var running = new Queue<Task<ChunkMetrics>>();
        ChunkMetrics? total = null;
        try
        {
            await foreach (var chunk in chunks.WithCancellation(cancellation).ConfigureAwait(false))
            {
                running.Enqueue(Task.Run(() => Measure(chunk), CancellationToken.None));
                if (running.Count > Environment.ProcessorCount) await MergeNextAsync().ConfigureAwait(false);
            }
            while (running.Count > 0) await MergeNextAsync().ConfigureAwait(false);
        }
        finally
        {
            // The first error is on its way; the chunks behind it must be done with before their memory goes.
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return total?.Result() ?? new EvaluationResult { Rows = 0, RowsWithoutLabel = 0, RowsWithoutPrediction = 0, UnseenValues = 0 };

        async Task MergeNextAsync()
        {
            var next = await running.Dequeue().ConfigureAwait(false);
            if (total is null) total = next;
            else total.Merge(next);
        }
    }

    ChunkMetrics Measure(DatasetChunk chunk)
    {
        using (chunk) return Measure(chunk.Batch);
    }

    internal ChunkMetrics Measure(RecordBatch batch)
    {
        using var columns = predictor.Open(batch, withLabel: true);
        var label = columns[_label.Column];
        var predictions = predictor.Predict(columns);
        if (_label.Classes is not null) return new ClassificationMetrics(predictions, ClassIndices(label));
        return label is NumberVector numbers ? new RegressionMetrics(predictions, numbers.Values, predictor.Algorithm == Algorithm.Poisson)
            : throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData,
                $"The label '{_label.Column}' is text, and the model predicts a number.", _label.Column);
    }

    int[] ClassIndices(ColumnVector label)
    {
        var text = Categories.Of(label, _label.Type);
        var map = new CategoryEncoder(_label.Classes!).Map(text.Levels);
        var indices = new int[label.Length];
        for (int row = 0; row < indices.Length; row++)
        {
            int code = text.Codes[row];
            indices[row] = code < 0 ? ClassificationMetrics.MissingLabel
                : map[code] == CategoryEncoder.None ? ClassificationMetrics.UnknownLabel : map[code];
        }
        return indices;
    }
}
