using System.Globalization;
using RedisML.Charts;

namespace RedisML.Datasets.Statistics;

/// <summary>The columns of a dataset side by side: histograms, or bars of the most frequent values.</summary>
public sealed class DistributionChart(string title, IReadOnlyList<ColumnSummary> columns) : Chart
{
    const int Across = 3, PanelWidth = 300, PanelHeight = 190, Head = 50, Margin = 15, BarHeight = 16;

    public override string Title => title;

    internal override (int Width, int Height) Size => (Across * PanelWidth, Head + (columns.Count + Across - 1) / Across * PanelHeight);

    internal override void Draw(ChartCanvas canvas)
    {
        canvas.Write(Title, Size.Width / 2, 24, TextAnchor.Middle, isTitle: true);
        for (int i = 0; i < columns.Count; i++) Draw(canvas, columns[i], i % Across * PanelWidth + Margin, Head + i / Across * PanelHeight);
    }

    internal override IEnumerable<IEnumerable<string>> Table()
    {
        var probabilities = columns.FirstOrDefault(c => c.Quantiles is not null)?.Quantiles!.Select(q => q.Probability).ToArray() ?? [];
        yield return [
            "Column", "Type", "Count", "Missing", "Distinct", "Mean", "Deviation", "Minimum",
            .. probabilities.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p * 100:0.###} %")), "Maximum", "Most frequent",
        ];
        foreach (var c in columns)
            yield return [
                c.Column, $"{c.Type}", $"{c.Count}", $"{c.Missing}", $"{c.Distinct}", Text(c.Mean), Text(c.StandardDeviation),
                Text(c.Minimum),
                .. probabilities.Select((_, i) => Text(c.Quantiles?[i].Value)), Text(c.Maximum),
                string.Join(", ", c.Top?.Select(v => $"{ValueLabel.Of(v.Value!)}: {v.Rows}") ?? []),
            ];
    }

    static string Text(object? value) => value is null ? "" : ValueLabel.Of(value);

    static void Draw(ChartCanvas canvas, ColumnSummary column, double x, double y)
    {
        const double width = PanelWidth - 2 * Margin;
        canvas.Write(canvas.Shorten(column.Column, width), x, y, TextAnchor.Start);
        var count = string.Create(CultureInfo.InvariantCulture, $"{column.Count:N0} values")
            + (column.Missing > 0 ? string.Create(CultureInfo.InvariantCulture, $", {column.Missing:N0} missing") : "");
        canvas.Write(canvas.Shorten(count, width), x, y + BarHeight, TextAnchor.Start);
        y += 2 * BarHeight;
        if (column.Histogram is { } bins) Draw(canvas, bins, x, y, width);
        else if (column.Top is [_, ..]) Draw(canvas, column.Top, column.Count, x, y, width);
        else canvas.Write(string.Create(CultureInfo.InvariantCulture, $"{column.Distinct:N0} different ones"), x, y, TextAnchor.Start);
    }

    static void Draw(ChartCanvas canvas, IReadOnlyList<HistogramBin> bins, double x, double y, double width)
    {
        const double height = PanelHeight - 5 * BarHeight;
        double greatest = Math.Max(1, bins.Max(b => b.Rows)), step = width / bins.Count;
        for (int i = 0; i < bins.Count; i++)
        {
            double bar = bins[i].Rows / greatest * height;
            var tip = string.Create(CultureInfo.InvariantCulture,
                $"{ValueLabel.Of(bins[i].From)} to {ValueLabel.Of(bins[i].To)}: {bins[i].Rows:N0} rows");
            canvas.Rectangle(x + i * step, y + height - bar, step - (bins.Count > 60 ? 0 : 1), bar, ChartColour.Blue, tip);
        }
        canvas.Line([(x, y + height), (x + width, y + height)], ChartColour.Ink, 1);
        if (Number(bins[0].From) is { } from && Number(bins[^1].To) is { } to && from < to)
        {
            // Round marks within the panel, where the bins seldom begin or end.
            var axis = new Axis(from, to, marks: 6);
            foreach (double mark in axis.Marks.Where(m => m >= from && m <= to))
            {
                double at = x + (mark - from) / (to - from) * width, half = canvas.WidthOf(axis.Label(mark)) / 2;
                canvas.Line([(at, y + height), (at, y + height + 4)], ChartColour.Ink, 1);
                canvas.Write(axis.Label(mark), Math.Clamp(at, x + half, x + width - half), y + height + 14, TextAnchor.Middle);
            }
            return;
        }
        canvas.Write(ValueLabel.Of(bins[0].From), x, y + height + 14, TextAnchor.Start);
        canvas.Write(ValueLabel.Of(bins[^1].To), x + width, y + height + 14, TextAnchor.End);
    }

    /// <summary>Null for what isn't a number, such as a time.</summary>
    static double? Number(object value) =>
        value is double or float or decimal or sbyte or byte or short or ushort or int or uint or long or ulong
            ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
            : null;

    static void Draw(ChartCanvas canvas, IReadOnlyList<ValueCount> values, long total, double x, double y, double width)
    {
        const int most = (PanelHeight - 3 * BarHeight) / BarHeight;
        const double labels = 110, shares = 50;
        double greatest = values.Max(v => v.Rows);
        y += BarHeight / 2;
        foreach (var value in values.Take(most))
        {
            canvas.Write(canvas.Shorten(ValueLabel.Of(value.Value!), labels), x + labels, y, TextAnchor.End);
            double bar = value.Rows / greatest * (width - labels - shares - 5);
            canvas.Rectangle(x + labels + 5, y - BarHeight / 2 + 2, bar, BarHeight - 4, ChartColour.Blue);
            canvas.Write(string.Create(CultureInfo.InvariantCulture, $"{100.0 * value.Rows / total:0.#}%"), x + labels + 10 + bar, y,
                TextAnchor.Start);
            y += BarHeight;
        }
    }
}
