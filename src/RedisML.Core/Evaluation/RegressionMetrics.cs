using RedisML.Features;
using RedisML.Prediction;

namespace RedisML.Evaluation;

/// <summary>Errors of predicted numbers; of counts, their deviance too.</summary>
internal sealed class RegressionMetrics : ChunkMetrics
{
    const int SliceLength = 1024;

    ColumnMoments _labels;
    double _squaredError;
    double _absoluteError;
    readonly PoissonDeviance? _deviance;

    public RegressionMetrics(Predictions predictions, ReadOnlySpan<double> labels, bool areCounts)
    {
        if (areCounts) _deviance = new();
        UnseenValues = predictions.Unseen;
        Span<double> slice = stackalloc double[SliceLength];
        int filled = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double label = labels[row], error = predictions.Values[row] - label;
            if (double.IsNaN(label)) RowsWithoutLabel++;
            else if (double.IsNaN(error)) RowsWithoutPrediction++;
            else
            {
                Rows++;
                _squaredError += error * error;
                _absoluteError += Math.Abs(error);
                _deviance?.Add(label, predictions.Values[row]);
                slice[filled++] = label;
            }
            if (filled < SliceLength && row < labels.Length - 1) continue;
            _labels = _labels.Merge(ColumnMoments.Of(slice[..filled]));
            filled = 0;
        }
    }

    public override void Merge(ChunkMetrics next)
    {
        base.Merge(next);
        var other = (RegressionMetrics)next;
        _labels = _labels.Merge(other._labels);
        _squaredError += other._squaredError;
        _absoluteError += other._absoluteError;
        _deviance?.Merge(other._deviance!);
    }

    public override EvaluationResult Result() => Rows == 0 ? base.Result() : base.Result() with
    {
        R2 = _labels.Minimum == _labels.Maximum ? null : 1 - _squaredError / _labels.M2,
        Rmse = Math.Sqrt(_squaredError / Rows),
        Mae = _absoluteError / Rows,
        PoissonDeviance = _deviance?.Mean(Rows),
        D2 = _deviance?.Explained(Rows),
    };
}
