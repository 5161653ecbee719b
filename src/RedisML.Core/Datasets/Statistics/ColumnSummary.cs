using System.Globalization;
using RedisML.Charts;
using RedisML.Columns;

namespace RedisML.Datasets.Statistics;

/// <summary>What <see cref="DatasetSummary"/> finds out about a column.</summary>
/// <param name="Count">Values that are there.</param>
/// <param name="Missing">Values that are missing.</param>
/// <param name="Mean">The mean of numbers and booleans; null for other types, and where no value is there.</param>
/// <param name="StandardDeviation">The standard deviation of the population.</param>
/// <param name="Minimum">A number, or of dates and timestamps a DateTime; null for other types.</param>
/// <param name="Distinct">How many different values; exact up to 16,384, from there on an estimate with a standard error of 0.8 %.</param>
public sealed record ColumnSummary(
    string Dataset, string Column, ColumnType Type, long Count, long Missing,
    double? Mean, double? StandardDeviation, object? Minimum, object? Maximum, long Distinct)
{
    /// <summary>Of numbers, dates and timestamps, interpolated between neighbours; null for other types,
    /// and where no value is there.</summary>
    public IReadOnlyList<Quantile>? Quantiles { get; init; }

    /// <summary>By how much of all values the rank of a quantile may be off, with a confidence of 99 %; 0 where quantiles are exact. The
    /// least and the greatest value always are.</summary>
    public double QuantileError { get; init; }

    /// <summary>Bins from the least value to the greatest, for the same types, of equal width but for tails;
    /// their counts are exact.</summary>
    public IReadOnlyList<HistogramBin>? Histogram { get; init; }

    /// <summary>
    /// The most frequent values of text, booleans, integers, dates and timestamps, the most frequent one first; null for other types.
    /// Values that aren't certain to be more frequent than any that was forgotten aren't listed.
    /// </summary>
    public IReadOnlyList<ValueCount>? Top { get; init; }

    /// <summary>By how much the counts of <see cref="Top"/> may be too low; 0 where they are exact.</summary>
    public long TopError { get; init; }

    /// <summary>How the values lie, in a word: the histogram without its tails in up to ten characters, else the most frequent value
    /// and its share.</summary>
    public string Outline() => Histogram is not null ? TextBars.Sparkline(Joined([.. Histogram.Where(b => !b.IsTail).Select(b => b.Rows)]))
        : Top is [var first, ..]
            ? $"{ValueLabel.Of(first.Value!)} " +
            $"{((double)first.Rows / Count).ToString(first.Rows * 10 < Count ? "P1" : "P0", CultureInfo.CurrentCulture)}" : "";

    /// <summary>A value of the column, such as its minimum, as a short text; empty where there is none.</summary>
    public string Label(object? value) => value is null ? "" : ValueLabel.Of(value);

    /// <summary>What a bin holds, as a short text: of whole numbers the last one that is in it, too.</summary>
    public string Label(HistogramBin bin)
    {
        bool isLast = bin.IsTail && ReferenceEquals(bin, Histogram?[^1]);
        if (Type.IsInteger && bin is { From: double from, To: double to } && to > from && !isLast)
            return to - from == 1 ? ValueLabel.Of(from) : $"{ValueLabel.Of(from)} – {ValueLabel.Of(to - 1)}";
        return Equals(bin.From, bin.To) ? ValueLabel.Of(bin.From) : $"{ValueLabel.Of(bin.From)} – {ValueLabel.Of(bin.To)}";
    }

    /// <summary>The quantiles in a line, with the error of their ranks where they have one.</summary>
    public string QuantileText() =>
        string.Join("  ", Quantiles?.Select(q =>
            string.Create(CultureInfo.CurrentCulture, $"{q.Probability * 100:0.###} %: {ValueLabel.Of(q.Value)}")) ?? [])
        + (QuantileError == 0 ? "" : string.Create(CultureInfo.CurrentCulture, $"  (±{QuantileError * 100:0.##} % of the ranks)"));

    /// <summary>The histogram as lines with bars; null without one.</summary>
    /// <param name="width">The width of the longest bar, in characters.</param>
    public string? HistogramBars(int width) => Histogram is null ? null
        : TextBars.Draw([.. Histogram.Select(b => (Label(b), b.Rows))], width, Count);

    /// <summary>The most frequent values as lines with bars; null without them.</summary>
    /// <param name="width">The width of the longest bar, in characters.</param>
    public string? TopBars(int width) =>
        Top is null or [] ? null : TextBars.Draw([.. Top.Select(v => (ValueLabel.Of(v.Value!), v.Rows))], width, Count);

    /// <summary>Neighbours added up until there are ten at most.</summary>
    static long[] Joined(IReadOnlyList<long> counts)
    {
        const int most = 10;
        if (counts.Count <= most) return [.. counts];
        var joined = new long[most];
        for (int i = 0; i < counts.Count; i++) joined[i * most / counts.Count] += counts[i];
        return joined;
    }
}

/// <summary>A value that a share of all values doesn't exceed.</summary>
/// <param name="Probability">The share, from 0 to 1.</param>
/// <param name="Value">A number, or of dates and timestamps a DateTime.</param>
public sealed record Quantile(double Probability, object Value);

/// <summary>How many values are at least <paramref name="From"/> and less than <paramref name="To"/>;
/// the last bin has those that equal it too.</summary>
/// <param name="From">A number, or of dates and timestamps a DateTime.</param>
public sealed record HistogramBin(object From, object To, long Rows)
{
    /// <summary>Whether it is wider than the others, and holds what lies far from them.</summary>
    public bool IsTail { get; init; }
}
