using Apache.Arrow;
using RedisML.Columns;
using RedisML.Datasets;
using RedisML.Errors;
using RedisML.Expressions;
using RedisML.Features;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Measures a model against labelled rows.</summary>
public sealed class ModelEvaluator
{
    readonly IPredictor _predictor;
    readonly EvaluationOptions _options;
    readonly LabelEncoding _label;
    readonly ExpressionInverse? _source;

    /// <param name="options">Null for rows that count alike, and the likelier class.</param>
    /// <exception cref="RedisMLException"><c>ThresholdInvalid</c>: out of range, or not of a model of two classes.</exception>
    public ModelEvaluator(IPredictor predictor, EvaluationOptions? options = null)
    {
        (_predictor, _options, _label) = (predictor, options ?? new(), predictor.Signature.Label);
        if (_label.Classes is null) _source = ExpressionInverse.Of(predictor.Signature.Derived, _label.Column);
        if (_options.Threshold is not { } threshold) return;
        if (threshold is not (>= 0 and <= 1))
            throw new RedisMLException("ThresholdInvalid", ErrorKind.InvalidArgument,
                $"A threshold is a probability, from 0 to 1, and not {threshold}.", threshold);
        if (_label.Classes?.Count != 2)
        {
            throw new RedisMLException("ThresholdInvalid", ErrorKind.InvalidArgument, _label.Classes is null
                ? "A threshold decides between two classes, and the model predicts a number."
                : $"A threshold decides between two classes, and the model has {_label.Classes.Count}.", threshold);
        }
    }

    /// <summary>Measures all rows of a dataset, several chunks at a time.</summary>
    /// <param name="chunks">The chunks in order; each is disposed of.</param>
    /// <returns>A <see cref="RegressionResult"/>, a <see cref="ClassificationResult"/> or a <see cref="RecommendationResult"/>.</returns>
    /// <exception cref="RedisMLException"><c>SignatureMismatch</c>, <c>WeightInvalid</c>, <c>TooManyLevels</c>.</exception>
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
        return (total ?? WithoutRows()).Result();

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
        using var rows = RowBatch.Of(batch);
        var columns = _predictor.Signature.Open(rows, withLabel: true);
        var predictions = _predictor.Predict(rows);
        var metrics = Measure(predictions, columns);
        return _predictor is IItemRanker ranker && columns[_label.Column] is NumberVector labels
            ? new RankingMetrics(ranker, (RegressionMetrics)metrics, ranker.Rank(rows), labels.Values, Weights(columns), _options.Top)
            : metrics;
    }

    /// <summary>Measures what was predicted of some rows.</summary>
    internal ChunkMetrics Measure(Predictions predictions, BatchColumns columns)
    {
        var label = columns[_label.Column];
        var weights = Weights(columns);
        if (_label.Classes is not null)
            return new ClassificationMetrics(predictions, ActualClasses.Of(label, _label), weights, _options.Threshold);
        if (label is not NumberVector numbers)
        {
            throw new RedisMLException("SignatureMismatch", ErrorKind.InvalidData,
                $"The label '{_label.Column}' is text, and the model predicts a number.", _label.Column);
        }
        var sources = _source is null ? null : columns[_source.Column] as NumberVector;
        return new RegressionMetrics(predictions, numbers.Values, weights, _predictor.Signature.Task == ModelTask.Counts,
            sources is null ? null : _source, sources is null ? [] : sources.Values);
    }

    ReadOnlySpan<double> Weights(BatchColumns columns)
    {
        if (_options.SampleWeight is not { } name) return [];
        if (columns[name] is not NumberVector weights)
            throw new RedisMLException("WeightInvalid", ErrorKind.InvalidData,
                $"The weight of a row is a number, and column '{name}' isn't one.", name);
        SampleWeights.Check(weights.Values, name);
        return weights.Values;
    }

    ChunkMetrics WithoutRows()
    {
        if (_label.Classes is { } classes)
            return new ClassificationMetrics(new(classes, [], [], 0), new([], []), [], _options.Threshold);
        var errors = new RegressionMetrics(new(null, [], [], 0), [], [], areCounts: false, null, []);
        return _predictor is IItemRanker ranker ? new RankingMetrics(ranker, errors, null, [], [], _options.Top) : errors;
    }
}
