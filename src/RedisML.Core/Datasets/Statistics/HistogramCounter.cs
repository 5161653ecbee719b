namespace RedisML.Datasets.Statistics;

/// <summary>Counts numbers in bins.</summary>
sealed class HistogramCounter(BinLayout layout)
{
    readonly long[] _counts = new long[layout.Count];
    long _below, _above;

    /// <summary>Counts a value; one outside of the range, as rows that lie one by one may get later, in the first or last bin.</summary>
    public void Add(double value, long times)
    {
        double place = layout.Width == 0 ? 0 : (value - layout.From) / layout.Width;
        if (place < 0 && layout.LowTail is not null) _below += times;
        else if (place >= _counts.Length && layout.HighTail is not null) _above += times;
        else _counts[(int)Math.Clamp(place, 0, _counts.Length - 1)] += times;
    }

    /// <param name="value">Gives what stands for a number in the bins returned.</param>
    public IReadOnlyList<HistogramBin> ToBins(Func<double, object> value)
    {
        var bins = _counts.Select((count, i) => new HistogramBin(value(Edge(i)), value(Edge(i + 1)), count));
        // A list, and no read-only one: PowerShell indexes those of the compiler's making not at all.
        var all = new List<HistogramBin>();
        if (layout.LowTail is { } least) all.Add(new(value(least), value(Edge(0)), _below) { IsTail = true });
        all.AddRange(bins);
        if (layout.HighTail is { } most) all.Add(new(value(Edge(_counts.Length)), value(most), _above) { IsTail = true });
        return all;
    }

    /// <summary>Reckoned from the nearest power of ten, so that 3 times 0.1 is 0.3.</summary>
    double Edge(int index)
    {
        double edge = layout.From + index * layout.Width;
        if (layout.Width is 0 || edge == 0) return edge;
        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(layout.Width)), 0, 15);
        double rounded = Math.Round(edge, decimals);
        return Math.Abs(rounded - edge) < layout.Width * 1e-9 ? rounded : edge;
    }
}
