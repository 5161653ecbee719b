using System.Globalization;

namespace RedisML.Charts;

/// <summary>Draws bars with block characters.</summary>
static class TextBars
{
    const string Heights = "▁▂▃▄▅▆▇█", Widths = "▏▎▍▌▋▊▉█";
    const int MaxLabel = 24;

    /// <summary>A character a count, as high as it is in relation to the greatest; a space for none.</summary>
    public static string Sparkline(IReadOnlyList<long> counts)
    {
        long greatest = counts.Max();
        return string.Concat(
            counts.Select(c => c == 0 ? ' ' : Heights[(int)Math.Min(Heights.Length - 1, c * (double)Heights.Length / greatest)]));
    }

    /// <summary>A line a count: its label, a bar of up to <paramref name="width"/> characters, the count and its share of all.</summary>
    /// <param name="total">The total of which counts are shares.</param>
    public static string Draw(IReadOnlyList<(string Label, long Count)> bars, int width, long total)
    {
        long greatest = Math.Max(1, bars.Max(b => b.Count));
        var labels = bars.Select(b => b.Label.Length > MaxLabel ? b.Label[..(MaxLabel - 1)] + "…" : b.Label).ToArray();
        var counts = bars.Select(b => b.Count.ToString("N0", CultureInfo.CurrentCulture)).ToArray();
        int labelWidth = labels.Max(l => l.Length), countWidth = counts.Max(c => c.Length);
        return string.Join('\n', bars.Select((b, i) =>
            $"{labels[i].PadLeft(labelWidth)} {Bar((double)b.Count / greatest * width).PadRight(width)} {counts[i].PadLeft(countWidth)} " +
            $"{(double)b.Count / Math.Max(1, total),7:P1}"));
    }

    static string Bar(double length)
    {
        int eighths = (int)Math.Round(length * 8);
        if (length > 0) eighths = Math.Max(1, eighths);
        return new string('█', eighths / 8) + (eighths % 8 == 0 ? "" : Widths[eighths % 8 - 1]);
    }
}
