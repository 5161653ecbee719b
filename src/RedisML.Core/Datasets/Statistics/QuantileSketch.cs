namespace RedisML.Datasets.Statistics;

/// <summary>Quantiles of a stream of numbers in bounded memory (some 100 KB), by rank.</summary>
/// <remarks>
/// KLL (Karnin, Lang, Liberty: Optimal quantile approximation in streams, FOCS 2016): a level that is full is sorted, and every
/// other value goes to the next level, where it counts twice. The coin that says which half is tossed by a fixed seed, so that the
/// same values in the same order give the same sketch. A value with a weight is one in each level of the weight's binary digits.
/// </remarks>
sealed class QuantileSketch
{
    /// <summary>
    /// By how much of all values a rank may be off, with a confidence of 99 %: 2.296 / k^0.9021 for k = 4,096, as measured for the same
    /// algorithm by Apache DataSketches.
    /// </summary>
    public const double RankError = 0.0013;

    internal const int Capacity = 4096;
    const int MinCapacity = 8;

    readonly List<double[]> _levels = [];
    readonly List<int> _sizes = [];
    int _height;
    ulong _tosses;

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    /// <summary>Values held in memory.</summary>
    internal int Held => _sizes.Sum();

    public void Add(double value)
    {
        Grow(value, 1);
        Push(0, value);
    }

    /// <summary>Adds a value that occurs several times.</summary>
    public void Add(double value, long times)
    {
        Grow(value, times);
        for (int level = 0; times >> level != 0; level++)
            if ((times >> level & 1) == 1) Push(level, value);
    }

    /// <summary>The values held, ascending, and how many each stands for.</summary>
    public IEnumerable<(double Value, long Count)> Weighted() =>
        _levels.SelectMany((values, level) => values.Take(_sizes[level]).Select(value => (value, 1L << level))).OrderBy(v => v.value);

    void Grow(double value, long times)
    {
        if (value < Minimum) Minimum = value;
        if (value > Maximum) Maximum = value;
        Count += times;
        // The lower a level is beneath the one that holds about all there is, the less room it needs.
        while (Count >> (_height + 1) >= Capacity) _height++;
    }

    int CapacityOf(int level)
    {
        double capacity = Capacity;
        for (; level < _height && capacity > MinCapacity; level++) capacity *= 2.0 / 3;
        return Math.Max(MinCapacity, (int)capacity);
    }

    void Push(int level, double value)
    {
        while (level >= _levels.Count)
        {
            _levels.Add([]);
            _sizes.Add(0);
        }
        if (_sizes[level] == _levels[level].Length)
        {
            if (_sizes[level] >= CapacityOf(level)) Compact(level);
            else _levels[level] = Resized(level, Math.Min(CapacityOf(level), Math.Max(MinCapacity, 2 * _sizes[level])));
        }
        _levels[level][_sizes[level]++] = value;
    }

    /// <summary>Moves half of a level to the next one; of an odd number one stays.</summary>
    void Compact(int level)
    {
        var values = _levels[level];
        int size = _sizes[level], rest = size & 1;
        Array.Sort(values, 0, size);
        int first = rest + (int)(RowHash.Of(0, _tosses++) & 1);
        for (int i = first; i < size; i += 2) Push(level + 1, values[i]);
        _sizes[level] = rest;
        if (values.Length > CapacityOf(level)) _levels[level] = Resized(level, CapacityOf(level));
    }

    double[] Resized(int level, int length)
    {
        var values = _levels[level];
        Array.Resize(ref values, length);
        return values;
    }
}
