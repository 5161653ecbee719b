namespace RedisML.Datasets.Statistics;

/// <summary>What a summary is to hold of each column.</summary>
public sealed record SummaryOptions
{
    /// <summary>Which quantiles of each column that has them: from 0, the least value, to 1, the greatest.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>How many bins of equal width a histogram has at most, from the least value to the greatest; 0 for none,
    /// null for as many as the rule of Freedman and Diaconis makes, with those far from the rest in tails.</summary>
    public int? Bins { get; init; }

    /// <summary>How many of the most frequent values are listed; 0 for none.</summary>
    public int Top { get; init; } = 5;

    /// <summary>Indices of the columns that are summarised, in this order; null for all.</summary>
    public IReadOnlyList<int>? Columns { get; init; }
}
