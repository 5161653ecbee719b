namespace RedisML.Evaluation;

/// <summary>The area under the ROC curve: the probability that a positive row scores above a negative one, ties counting half.</summary>
/// <remarks>Exact up to a number of rows; above, scores are counted in bins that are even in log odds,
/// and those of a bin count as tied.</remarks>
/// <param name="maxExactRows">Rows whose scores are kept.</param>
internal sealed class RocArea(int maxExactRows = RocArea.MaxExactRows)
{
    public const int MaxExactRows = 5_000_000;

    const int BinCount = 1 << 16;
    const double MaxLogOdds = 40;

    ScoredRows? _positives = new();
    ScoredRows? _negatives = new();
    double[] _positiveBins = [];
    double[] _negativeBins = [];

    /// <param name="score">By which rows are ranked: the log odds of the positive class,
    /// which don't saturate as its probability does.</param>
    /// <param name="weight">Greater than 0.</param>
    public void Add(double score, bool isPositive, double weight)
    {
        if ((isPositive ? _positives : _negatives) is { } kept)
        {
            kept.Add(score, weight);
            if (_positives!.Count + _negatives!.Count > maxExactRows) UseBins();
        }
        else
        {
            (isPositive ? _positiveBins : _negativeBins)[Bin(score)] += weight;
        }
    }

    public void Merge(RocArea other)
    {
        if (other._positives is not null)
        {
            for (int i = 0; i < other._positives.Count; i++) Add(other._positives.Score(i), true, other._positives.Weight(i));
            for (int i = 0; i < other._negatives!.Count; i++) Add(other._negatives.Score(i), false, other._negatives.Weight(i));
            return;
        }
        UseBins();
        for (int i = 0; i < BinCount; i++)
        {
            _positiveBins[i] += other._positiveBins[i];
            _negativeBins[i] += other._negativeBins[i];
        }
    }

    /// <summary>The area, and how far it may be off; null where only one class occurred.</summary>
    public (double Area, double Bound)? Compute() => _positives is null ? ComputeBinned() : ComputeExact();

    void UseBins()
    {
        if (_positives is null) return;
        _positiveBins = Binned(_positives);
        _negativeBins = Binned(_negatives!);
        (_positives, _negatives) = (null, null);
    }

    static double[] Binned(ScoredRows rows)
    {
        var bins = new double[BinCount];
        for (int i = 0; i < rows.Count; i++) bins[Bin(rows.Score(i))] += rows.Weight(i);
        return bins;
    }

    static int Bin(double score) => (int)((Math.Clamp(score, -MaxLogOdds, MaxLogOdds) / MaxLogOdds + 1) / 2 * (BinCount - 1));

    (double, double)? ComputeExact()
    {
        if (_positives!.Count == 0 || _negatives!.Count == 0) return null;
        var (scores, weights) = _positives.Sorted();
        var (negatives, negativeWeights) = _negatives.Sorted();
        double area = 0, total = 0, below = 0, notAbove = 0;
        int nextBelow = 0, nextNotAbove = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            for (; nextBelow < negatives.Length && negatives[nextBelow] < scores[i]; nextBelow++) below += negativeWeights[nextBelow];
            for (; nextNotAbove < negatives.Length && negatives[nextNotAbove] <= scores[i]; nextNotAbove++)
                notAbove += negativeWeights[nextNotAbove];
            area += weights[i] * (below + notAbove);
            total += weights[i];
        }
        return (area / 2 / total / negativeWeights.Sum(), 0);
    }

    (double, double)? ComputeBinned()
    {
        double positives = _positiveBins.Sum(), negatives = _negativeBins.Sum(), above = 0, ties = 0, below = 0;
        if (positives == 0 || negatives == 0) return null;
        for (int i = 0; i < BinCount; i++)
        {
            above += _positiveBins[i] * below;
            ties += _positiveBins[i] * _negativeBins[i];
            below += _negativeBins[i];
        }
        return ((above + ties / 2) / positives / negatives, ties / 2 / positives / negatives);
    }
}
