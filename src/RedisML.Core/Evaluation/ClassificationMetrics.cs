using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Hits and misses of predicted classes.</summary>
internal sealed class ClassificationMetrics : ChunkMetrics
{
    const double LeastProbability = 1e-15;

    readonly IReadOnlyList<string> _classes;
    readonly long[,] _confusion;
    readonly RocArea? _area;
    double _logLoss;
    long _unknownClass;

    /// <param name="labels">The index of each row's class: −1 where it is missing, −2 where the model doesn't know it.</param>
    public ClassificationMetrics(Predictions predictions, ReadOnlySpan<int> labels)
    {
        _classes = predictions.Classes!;
        _confusion = new long[_classes.Count, _classes.Count];
        _area = _classes.Count == 2 ? new() : null;
        UnseenValues = predictions.Unseen;
        for (int row = 0; row < labels.Length; row++)
        {
            int label = labels[row];
            double predicted = predictions.Values[row];
            if (label == MissingLabel) RowsWithoutLabel++;
            else if (label == UnknownLabel) _unknownClass++;
            else if (double.IsNaN(predicted)) RowsWithoutPrediction++;
            else
            {
                Rows++;
                _confusion[label, (int)predicted]++;
                var probabilities = predictions.Probabilities.AsSpan(row * _classes.Count, _classes.Count);
                _logLoss -= Math.Log(Math.Clamp(probabilities[label], LeastProbability, 1 - LeastProbability));
                _area?.Add(probabilities[^1], label == 1);
            }
        }
    }

    public const int MissingLabel = -1;

    public const int UnknownLabel = -2;

    public override void Merge(ChunkMetrics next)
    {
        base.Merge(next);
        var other = (ClassificationMetrics)next;
        for (int i = 0; i < _classes.Count; i++)
        {
            for (int j = 0; j < _classes.Count; j++) _confusion[i, j] += other._confusion[i, j];
        }
        _logLoss += other._logLoss;
        _unknownClass += other._unknownClass;
        _area?.Merge(other._area!);
    }

    public override EvaluationResult Result()
    {
        var result = base.Result() with { RowsOfUnknownClass = _unknownClass, ConfusionMatrix = new(_classes, _confusion) };
        if (Rows == 0) return result;
        var area = _area?.Compute();
        return result with
        {
            Accuracy = (double)Enumerable.Range(0, _classes.Count).Sum(i => _confusion[i, i]) / Rows,
            LogLoss = _logLoss / Rows,
            Auc = area?.Area,
            AucBound = area?.Bound,
        };
    }
}
