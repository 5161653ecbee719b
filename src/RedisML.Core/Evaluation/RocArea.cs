namespace RedisML.Evaluation;

/// <summary>The area under the ROC curve: the probability that a positive row scores above a negative one, ties counting half.</summary>
/// <remarks>Exact up to a number of rows; above, scores are counted in bins that are even in log odds, and those of a bin count as tied.</remarks>
/// <param name="maxExactRows">Rows whose scores are kept.</param>
internal sealed class RocArea(int maxExactRows = RocArea.MaxExactRows)
{
    public const int MaxExactRows = 5_000_000;

    const int BinCount = 1 << 16;
    const double MaxLogOdds = 40;

    List<double>? _positives = [];
    List<double>? _negatives = [];
    long[] _positiveBins = [];
    long[] _negativeBins = [];

    public void Add(double probability, bool isPositive)
    {
        if ((isPositive ? _positives : _negatives) is { } kept)
        {
            kept.Add(probability);
            if (_positives!.Count + _negatives!.Count > maxExactRows) UseBins();
        }
        else
        {
            (isPositive ? _positiveBins : _negativeBins)[Bin(probability)]++;
        }
    }

    public void Merge(RocArea other)
    {
        if (other._positives is not null)
        {
            foreach (double probability in other._positives) Add(probability, true);
            foreach (double probability in other._negatives!) Add(probability, false);
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
        var (positives, negatives) = (_positives, _negatives!);
        (_positives, _negatives) = (null, null);
        _positiveBins = new long[BinCount];
        _negativeBins = new long[BinCount];
        foreach (double probability in positives) _positiveBins[Bin(probability)]++;
        foreach (double probability in negatives) _negativeBins[Bin(probability)]++;
    }

    static int Bin(double probability)
    {
        double logOdds = Math.Clamp(Math.Log(probability / (1 - probability)), -MaxLogOdds, MaxLogOdds);
        return (int)((logOdds / MaxLogOdds + 1) / 2 * (BinCount - 1));
    }

    (double, double)? ComputeExact()
    {
        if (_positives!.Count == 0 || _negatives!.Count == 0) return null;
        double[] positives = [.. _positives], negatives = [.. _negatives];
        Array.Sort(positives);
        Array.Sort(negatives);
        long halves = 0;
        int below = 0, notAbove = 0;
        foreach (double positive in positives)
        {
            while (below < negatives.Length && negatives[below] < positive) below++;
            while (notAbove < negatives.Length && negatives[notAbove] <= positive) notAbove++;
            halves += below + notAbove;
        }
        return (halves / 2.0 / positives.Length / negatives.Length, 0);
    }

    (double, double)? ComputeBinned()
    {
        double positives = _positiveBins.Sum(), negatives = _negativeBins.Sum(), above = 0, ties = 0, below = 0;
        if (positives == 0 || negatives == 0) return null;
        for (int i = 0; i < BinCount; i++)
        {
            above += _positiveBins[i] * below;
            ties += (double)_positiveBins[i] * _negativeBins[i];
            below += _negativeBins[i];
        }
        return ((above + ties / 2) / positives / negatives, ties / 2 / positives / negatives);
    }
}
