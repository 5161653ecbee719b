namespace RedisML.LightGbm.Trees;

/// <summary>A decision tree. Inner nodes are numbered from the root, 0; a child that is negative is the leaf <c>~child</c>.</summary>
/// <remarks>A node's children have greater numbers than it has, so that every way down ends.</remarks>
sealed record Tree
{
    const byte CategoricalBit = 1, DefaultLeftBit = 2;

    /// <summary>What LightGBM holds to be 0 where that is how values are missing.</summary>
    const double ZeroThreshold = 1e-35;

    public required int[] Feature { get; init; }

    /// <summary>A value up to this goes left; of a category it is the number of its set of those that do.</summary>
    public required double[] Threshold { get; init; }

    public required byte[] Decision { get; init; }

    public required int[] Left { get; init; }

    public required int[] Right { get; init; }

    /// <summary>By how much each split lowers the objective.</summary>
    public required double[] Gain { get; init; }

    public required double[] Leaf { get; init; }

    /// <summary>Where the words of each category set begin, and the last end.</summary>
    public required int[] SetStart { get; init; }

    /// <summary>Category sets, a bit a category.</summary>
    public required uint[] SetWords { get; init; }

    public bool IsCategorical(int node) => (Decision[node] & CategoricalBit) != 0;

    /// <summary>Whether a value that is missing goes left.</summary>
    public bool MissingGoesLeft(int node) => !IsCategorical(node) && (MissingType(node) == MissingKind.None
        ? 0 <= Threshold[node] : (Decision[node] & DefaultLeftBit) != 0);

    public MissingKind MissingType(int node) => (MissingKind)(Decision[node] >> 2 & 3);

    /// <summary>The categories that go left, ascending.</summary>
    public IEnumerable<int> Set(int node)
    {
        int set = (int)Threshold[node];
        for (int word = SetStart[set]; word < SetStart[set + 1]; word++)
        {
            for (int bit = 0; bit < 32; bit++)
                if ((SetWords[word] >> bit & 1) != 0) yield return (word - SetStart[set]) * 32 + bit;
        }
    }

    /// <summary>The value of the leaf that a row comes to.</summary>
    /// <param name="row">A value a feature; NaN is missing.</param>
    public double Predict(ReadOnlySpan<double> row)
    {
        int node = Feature.Length == 0 ? ~0 : 0;
        while (node >= 0) node = GoesLeft(node, row[Feature[node]]) ? Left[node] : Right[node];
        return Leaf[~node];
    }

    bool GoesLeft(int node, double value)
    {
        byte decision = Decision[node];
        if ((decision & CategoricalBit) != 0) return Contains((int)Threshold[node], value);
        var missing = (MissingKind)(decision >> 2 & 3);
        if (double.IsNaN(value) && missing != MissingKind.NaN) value = 0;
        bool isMissing = missing == MissingKind.NaN ? double.IsNaN(value)
            : missing == MissingKind.Zero && Math.Abs(value) <= ZeroThreshold;
        return isMissing ? (decision & DefaultLeftBit) != 0 : value <= Threshold[node];
    }

    bool Contains(int set, double value)
    {
        // Neither NaN nor what is beyond an int is a category.
        if (!(value >= 0 && value <= int.MaxValue)) return false;
        int category = (int)value, word = SetStart[set] + category / 32;
        return word < SetStart[set + 1] && (SetWords[word] >> category % 32 & 1) != 0;
    }
}

/// <summary>Which values of a number are missing ones.</summary>
enum MissingKind
{
    /// <summary>None was in training: NaN counts as 0.</summary>
    None,

    /// <summary>Zeros, and NaN.</summary>
    Zero,

    NaN,
}
