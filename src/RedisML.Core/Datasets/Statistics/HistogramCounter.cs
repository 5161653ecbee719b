namespace RedisML.Datasets.Statistics;

/// <summary>Counts numbers in bins of equal width.</summary>
sealed class HistogramCounter
{
    readonly double _minimum, _width;
    readonly long[] _counts;

    /// <param name="bins">How many bins there are at most.</param>
    /// <param name="isWhole">Whether values are whole numbers: bins then are a whole number wide,
    /// lest some have more values to count than others.</param>
    public HistogramCounter(double minimum, double maximum, int bins, bool isWhole)
    {
        _minimum = minimum;
        double range = maximum - minimum;
        if (isWhole)
        {
            _width = Math.Ceiling((range + 1) / bins);
            bins = (int)Math.Ceiling((range + 1) / _width);
        }
        else if (range == 0)
        {
            (_width, bins) = (1, 1);
        }
        else
        {
            _width = range / bins;
        }
        _counts = new long[bins];
    }

    /// <summary>Counts a value; one outside of the range, as rows that lie one by one may get later, in the first or last bin.</summary>
    public void Add(double value, long times) => _counts[(int)Math.Clamp((value - _minimum) / _width, 0, _counts.Length - 1)] += times;

    /// <param name="value">Gives what stands for a number in the bins returned.</param>
    public IReadOnlyList<HistogramBin> ToBins(Func<double, object> value) =>
        [.. _counts.Select((count, i) => new HistogramBin(value(_minimum + i * _width), value(_minimum + (i + 1) * _width), count))];
}
