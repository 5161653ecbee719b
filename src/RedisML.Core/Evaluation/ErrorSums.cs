using RedisML.Features;

namespace RedisML.Evaluation;

/// <summary>Errors of predicted numbers in one unit, added up.</summary>
internal sealed class ErrorSums
{
    const int SliceLength = 1024;

    ColumnMoments _labels;
    double _squared;
    double _absolute;

    /// <summary>The coefficient of determination; null where the label is constant.</summary>
    public double? R2 => _labels.Minimum == _labels.Maximum ? null : 1 - _squared / _labels.M2;

    public double Rmse => Math.Sqrt(_squared / _labels.Weight);

    public double Mae => _absolute / _labels.Weight;

    /// <summary>Adds rows, none of which is missing.</summary>
    /// <param name="weights">Greater than 0; empty where each counts 1.</param>
    public void Add(ReadOnlySpan<double> labels, ReadOnlySpan<double> predictions, ReadOnlySpan<double> weights)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            double error = predictions[row] - labels[row], weight = weights.IsEmpty ? 1 : weights[row];
            _squared += weight * (error * error);
            _absolute += weight * Math.Abs(error);
        }
        for (int start = 0; start < labels.Length; start += SliceLength)
        {
            int length = Math.Min(SliceLength, labels.Length - start);
            _labels = _labels.Merge(ColumnMoments.Of(labels.Slice(start, length), weights.IsEmpty ? [] : weights.Slice(start, length)));
        }
    }

    public void Merge(ErrorSums next)
    {
        _labels = _labels.Merge(next._labels);
        _squared += next._squared;
        _absolute += next._absolute;
    }
}
