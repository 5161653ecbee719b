using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Hits and misses of predicted classes.</summary>
internal sealed class ClassificationMetrics : ChunkMetrics
{
    const double LeastProbability = 1e-15;

    readonly IReadOnlyList<string> _classes;
    readonly ConfusionCounts _confusion;
    readonly RocArea? _area;
    readonly double? _threshold;
    double _logLoss;
    long _unknownClass;

    /// <param name="weights">One a row; empty where each counts 1.</param>
    /// <param name="threshold">Of two classes, the probability from which on the positive one is predicted;
    /// null for the model's own answer.</param>
    public ClassificationMetrics(Predictions predictions, ActualClasses actual, ReadOnlySpan<double> weights, double? threshold)
    {
        _classes = predictions.Classes!;
        _confusion = new(_classes, actual.Unseen);
        _area = _classes.Count == 2 ? new() : null;
        _threshold = threshold;
        UnseenValues = predictions.Unseen;
        for (int row = 0; row < actual.Indices.Length; row++)
        {
            int label = actual.Indices[row];
            double weight = weights.IsEmpty ? 1 : weights[row];
            if (!Count(label != ActualClasses.Missing, !double.IsNaN(predictions.Values[row]), weight)) continue;
            var probabilities = predictions.Probabilities.AsSpan(row * _classes.Count, _classes.Count);
            int predicted = threshold is null ? (int)predictions.Values[row] : probabilities[1] >= threshold ? 1 : 0;
            bool isKnown = label < _classes.Count;
            if (!isKnown) _unknownClass++;
            _confusion.Add(label, predicted, weight);
            _logLoss -= weight * Math.Log(Math.Clamp(isKnown ? probabilities[label] : 0, LeastProbability, 1 - LeastProbability));
            _area?.Add(predictions.LogOdds(row), label == 1, weight);
        }
    }

    public override void Merge(ChunkMetrics next)
    {
        base.Merge(next);
        var other = (ClassificationMetrics)next;
        _confusion.Merge(other._confusion);
        _logLoss += other._logLoss;
        _unknownClass += other._unknownClass;
        _area?.Merge(other._area!);
    }

    protected override EvaluationResult Figures()
    {
        var matrix = _confusion.ToMatrix();
        var figures = matrix.Figures();
        var result = new ClassificationResult
        {
            RowsOfUnknownClass = _unknownClass,
            ConfusionMatrix = matrix,
            Classes = figures,
            PositiveClass = _classes.Count == 2 ? _classes[1] : null,
            Threshold = _threshold,
        };
        if (Rows == 0) return result;
        var area = _area?.Compute();
        var positive = _classes.Count == 2 ? figures[1] : null;
        var commonest = figures.MaxBy(figure => figure.Support)!;
        return result with
        {
            Accuracy = Enumerable.Range(0, _classes.Count).Sum(i => matrix[i, i]) / Weight,
            BalancedAccuracy = figures.Average(figure => figure.Recall),
            MacroF1 = figures.Average(figure => figure.F1),
            Baseline = commonest.Support / Weight,
            BaselineClass = commonest.Class,
            LogLoss = _logLoss / Weight,
            Auc = area?.Area,
            AucBound = area?.Bound,
            Precision = positive?.Precision,
            Recall = positive?.Recall,
            F1 = positive?.F1,
        };
    }
}
