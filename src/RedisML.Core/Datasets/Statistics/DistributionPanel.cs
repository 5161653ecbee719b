using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>Draws how the values of a column lie: a histogram with named axes, or bars of the most frequent values.</summary>
static class DistributionPanel
{
    public const int Width = 320, Height = 264;

    const int Margin = 12, Line = 16, Left = 46;

    /// <param name="x">The panel's upper left corner.</param>
    public static void Draw(ChartCanvas canvas, ColumnSummary column, double x, double y)
    {
        const double width = Width - 2 * Margin;
        (x, y) = (x + Margin, y + Line);
        canvas.Write(canvas.Shorten(column.Column, width), x, y, TextAnchor.Start);
        canvas.Write(canvas.Shorten(Counts(column), width), x, y + Line, TextAnchor.Start);
        if (Tails(column) is { Length: > 0 } tails) canvas.Write(canvas.Shorten(tails, width), x, y + 2 * Line, TextAnchor.Start);
        y += 4.2 * Line;
        if (column.Histogram is { } bins) Histogram(canvas, column, [.. bins.Where(b => !b.IsTail)], x, y);
        else if (column.Top is [_, ..]) Bars(canvas, column.Top, column.Count, x, y - 1.7 * Line);
        else canvas.Write(string.Create(CultureInfo.InvariantCulture, $"{column.Distinct:N0} different ones"), x, y, TextAnchor.Start);
    }

    /// <summary>How many values there are, and how many are missing.</summary>
    public static string Counts(ColumnSummary column) => string.Create(CultureInfo.InvariantCulture, $"{column.Count:N0} values")
        + (column.Missing > 0 ? string.Create(CultureInfo.InvariantCulture, $", {column.Missing:N0} missing") : "");

    /// <summary>What isn't drawn, because it lies far from the rest; empty where all is.</summary>
    public static string Tails(ColumnSummary column)
    {
        if (column.Histogram is not { } bins) return "";
        var (low, high) = (bins[0].IsTail ? bins[0] : null, bins[^1].IsTail ? bins[^1] : null);
        return (low, high) switch
        {
            (null, null) => "",
            (_, null) => FormattableString.Invariant(
                $"not drawn: {low.Rows:N0} below {ValueLabel.Of(low.To)} (from {ValueLabel.Of(low.From)})"),
            (null, _) => FormattableString.Invariant(
                $"not drawn: {high.Rows:N0} from {ValueLabel.Of(high.From)} (up to {ValueLabel.Of(high.To)})"),
            _ => FormattableString.Invariant(
                $"not drawn: {low.Rows:N0} below {ValueLabel.Of(low.To)}, {high.Rows:N0} from {ValueLabel.Of(high.From)}"),
        };
    }

    static void Histogram(ChartCanvas canvas, ColumnSummary column, IReadOnlyList<HistogramBin> bins, double x, double y)
    {
        const double height = Height - 8 * Line, width = Width - 2 * Margin - Left;
        double bottom = y + height;
        var rows = new Axis(0, Math.Max(1, bins.Max(b => b.Rows)), marks: 4);
        canvas.Write("rows", x, y - 0.8 * Line, TextAnchor.Start);
        foreach (double mark in rows.Marks.Where(m => m == Math.Floor(m)))
        {
            double at = bottom - rows.At(mark) * height;
            canvas.Line([(x + Left, at), (x + Left + width, at)], ChartColour.Grid, 1);
            canvas.Write(rows.Label(mark), x + Left - 6, at, TextAnchor.End);
        }
        x += Left;
        double step = width / bins.Count;
        for (int i = 0; i < bins.Count; i++)
        {
            double bar = rows.At(bins[i].Rows) * height;
            var tip = string.Create(CultureInfo.InvariantCulture, $"{column.Label(bins[i])}: {bins[i].Rows:N0} rows");
            canvas.Rectangle(x + i * step, bottom - bar, step - (step < 4 ? 0 : 1), bar, ChartColour.Blue, tip);
        }
        canvas.Line([(x, bottom), (x + width, bottom)], ChartColour.Ink, 1);
        foreach (var (at, label) in Marks(column, bins))
        {
            double place = x + at * width, half = canvas.WidthOf(label) / 2;
            canvas.Line([(place, bottom), (place, bottom + 4)], ChartColour.Ink, 1);
            canvas.Write(label, Math.Clamp(place, x + half - Margin, x + width - half + Margin / 2), bottom + 13, TextAnchor.Middle);
        }
        canvas.Write(canvas.Shorten(column.Column, width), x + width / 2, bottom + 13 + Line, TextAnchor.Middle);
    }

    /// <summary>The marks of the horizontal axis: where they lie, from 0 to 1, and their text.</summary>
    static IEnumerable<(double At, string Label)> Marks(ColumnSummary column, IReadOnlyList<HistogramBin> bins)
    {
        if (Time(bins[0].From) is { } start && Time(bins[^1].To) is { } end && end > start)
        {
            var times = new TimeAxis(start, end, marks: 4);
            foreach (var mark in times.Marks) yield return ((mark - start) / (end - start), times.Label(mark));
            yield break;
        }
        if (bins[0].From is not double from || bins[^1].To is not double to || from >= to)
        {
            yield return (0.5, ValueLabel.Of(bins[0].From));
            yield break;
        }
        // Where each whole number has its bar, the mark is below its middle.
        bool isSingle = column.Type.IsInteger && to - from == bins.Count;
        var axis = new Axis(from, isSingle ? to - 1 : to, marks: 5, isWhole: column.Type.IsInteger);
        foreach (double mark in axis.Marks.Where(m => m >= from && m <= (isSingle ? to - 1 : to)))
            yield return ((mark - from + (isSingle ? 0.5 : 0)) / (to - from), axis.Label(mark));
    }

    static DateTime? Time(object value) => value switch
    {
        DateTime time => time,
        DateTimeOffset time => time.DateTime,
        _ => null,
    };

    static void Bars(ChartCanvas canvas, IReadOnlyList<ValueCount> values, long total, double x, double y)
    {
        const int most = (int)((Height - 4.5 * Line) / (Line + 4));
        const double labels = 110, shares = 50, width = Width - 2 * Margin;
        double greatest = values.Max(v => v.Rows);
        y += Line / 2;
        foreach (var value in values.Take(most))
        {
            var label = ValueLabel.Of(value.Value!);
            canvas.Write(canvas.Shorten(label, labels), x + labels, y, TextAnchor.End);
            double bar = value.Rows / greatest * (width - labels - shares - 5);
            canvas.Rectangle(x + labels + 5, y - Line / 2 + 2, bar, Line - 4, ChartColour.Blue,
                string.Create(CultureInfo.InvariantCulture, $"{label}: {value.Rows:N0} rows"));
            canvas.Write(string.Create(CultureInfo.InvariantCulture, $"{100.0 * value.Rows / total:0.#} %"), x + labels + 10 + bar, y,
                TextAnchor.Start);
            y += Line + 4;
        }
    }
}
