namespace RedisML.Evaluation;

/// <summary>How far predicted counts are from what was counted: 2·(y·ln(y/ŷ) − y + ŷ) a row. As scikit-learn's <c>mean_poisson_deviance</c>
/// and <c>d2_tweedie_score(power=1)</c>.</summary>
internal sealed class PoissonDeviance
{
    double _deviance;
    double _labels;
    double _labelLogs;
    bool _isDefined = true;

    public void Add(double label, double prediction, double weight)
    {
        double log = label > 0 ? label * Math.Log(label) : 0;
        _isDefined &= label >= 0;
        _deviance += weight * 2 * (log - (label > 0 ? label * Math.Log(prediction) : 0) - label + prediction);
        _labels += weight * label;
        _labelLogs += weight * log;
    }

    public void Merge(PoissonDeviance next)
    {
        _deviance += next._deviance;
        _labels += next._labels;
        _labelLogs += next._labelLogs;
        _isDefined &= next._isDefined;
    }

    /// <param name="weight">Of all rows together.</param>
    /// <returns>Null where a label is negative.</returns>
    public double? Mean(double weight) => _isDefined ? _deviance / weight : null;

    /// <summary>1 is perfect, 0 no better than the mean; null where a label is negative, or all are the same.</summary>
    public double? Explained(double weight)
    {
        double ofMean = _labels > 0 ? 2 * (_labelLogs - _labels * Math.Log(_labels / weight)) : 0;
        return _isDefined && ofMean > 1e-12 * _labels ? 1 - _deviance / ofMean : null;
    }
}
