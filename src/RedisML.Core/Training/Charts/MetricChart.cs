using System.Globalization;
using RedisML.Charts;
using RedisML.Errors;

namespace RedisML.Training.Charts;

/// <summary>Curves of metrics over steps, scaled: what every way of drawing them needs.</summary>
public sealed class MetricChart : Chart
{
    /// <summary>Beyond so many points of a curve nobody could point at one: some then have their figures.</summary>
    const int MaxTips = 500;

    /// <param name="valueName">What the vertical axis counts, such as <c>loss</c>.</param>
    /// <param name="series">Those without a point are left out.</param>
    /// <exception cref="RedisMLException"><c>NoMetric</c>: none has a point.</exception>
    public MetricChart(string title, string valueName, IEnumerable<MetricSeries> series)
    {
        (Title, ValueName) = (title, valueName);
        Series = [.. series.Where(s => s.Points.Count > 0)];
        if (Series.Count == 0)
            throw new RedisMLException("NoMetric", ErrorKind.ObjectNotFound, $"There is nothing to draw of {title}.", title);
        var points = Series.SelectMany(s => s.Points).ToList();
        Steps = new(points.Min(p => p.Step), points.Max(p => p.Step), marks: 6, isWhole: true);
        Values = new(points.Min(p => p.Value), points.Max(p => p.Value));
    }

    public override string Title { get; }

    public string ValueName { get; }

    public IReadOnlyList<MetricSeries> Series { get; }

    /// <summary>The horizontal axis.</summary>
    public Axis Steps { get; }

    /// <summary>The vertical axis.</summary>
    public Axis Values { get; }

    public override string Description => string.Join(" ", Series.Select(s => string.Create(CultureInfo.InvariantCulture,
        $"{(Series.Count == 1 ? ValueName : s.Name)} goes from {Text(s.Points[0].Value)} at step {s.Points[0].Step:N0} to "
        + $"{Text(s.Points[^1].Value)} at step {s.Points[^1].Step:N0}; the least is {Text(s.Points.Min(p => p.Value))}.")));

    public override void Draw(ChartCanvas canvas)
    {
        const int right = 24, bottom = 54;
        double left = 18 + Values.Marks.Max(m => canvas.WidthOf(Values.Label(m)));
        double top = 44 + Legend(canvas, left, Size.Width - right);
        canvas.Write(canvas.Shorten(Title, Size.Width * 0.75), Size.Width / 2, 20, TextAnchor.Middle, isTitle: true);
        canvas.Write(canvas.Shorten(ValueName, Size.Width * 0.4), left - 6, top - 18, TextAnchor.Start);
        canvas.Write("step", Size.Width - right, Size.Height - 14, TextAnchor.End);
        foreach (double value in Values.Marks)
        {
            canvas.Line([(left, Y(value)), (Size.Width - right, Y(value))], ChartColour.Grid, 1);
            canvas.Write(Values.Label(value), left - 8, Y(value), TextAnchor.End);
        }
        foreach (double step in Steps.Marks)
        {
            canvas.Line([(X(step), Size.Height - bottom), (X(step), Size.Height - bottom + 5)], ChartColour.Ink, 1);
            canvas.Write(Steps.Label(step), X(step), Size.Height - bottom + 16, TextAnchor.Middle);
        }
        canvas.Line([(left, Size.Height - bottom), (Size.Width - right, Size.Height - bottom)], ChartColour.Ink, 1);

        for (int i = Series.Count - 1; i >= 0; i--)
            canvas.Line([.. Series[i].Points.Select(p => (X(p.Step), Y(p.Value)))], ColourOf(i), 2, Series[i].IsDashed);
        for (int i = 0; i < Series.Count; i++)
        {
            // Those that are pointed at lie above all lines.
            var (name, points) = (Series[i].Name, Series[i].Points);
            int every = (points.Count + MaxTips - 1) / MaxTips;
            for (int p = 0; p < points.Count; p += every)
                canvas.Tip(X(points[p].Step), Y(points[p].Value), ColourOf(i), $"{name}, step {points[p].Step}: {Text(points[p].Value)}");
        }

        double X(double step) => left + Steps.At(step) * (Size.Width - left - right);
        double Y(double value) => Size.Height - bottom - Values.At(value) * (Size.Height - top - bottom);
    }

    ChartColour ColourOf(int series) => ChartPalette.Curve(Series[series].Colour ?? series);

    /// <summary>Names the curves where there are several, in as many lines as they need.</summary>
    /// <returns>How high that is.</returns>
    double Legend(ChartCanvas canvas, double left, double right)
    {
        if (Series.Count == 1) return 20;
        double widest = right - left - 30;
        var names = Series.Select(s => canvas.Shorten(s.Name, widest)).ToList();
        // From the right, as far as a line reaches; beyond some lines nobody could tell the colours apart anyway.
        double y = 44, x = right;
        for (int i = 0; i < names.Count; i++)
        {
            double width = canvas.WidthOf(names[i]) + 40;
            if (x - width < left && x < right) (x, y) = (right, y + 16);
            if (y > 44 + 5 * 16) break;
            canvas.Write(names[i], x, y, TextAnchor.End);
            double end = x - canvas.WidthOf(names[i]) - 6;
            canvas.Line([(end - 18, y), (end, y)], ColourOf(i), 2, Series[i].IsDashed);
            x -= width;
        }
        return y - 44 + 34;
    }

    internal override IEnumerable<IEnumerable<string>> Table()
    {
        var values = Series.Select(s => s.Points.GroupBy(p => p.Step).ToDictionary(g => g.Key, g => g.Last().Value)).ToList();
        yield return ["Step", .. Series.Select(s => Series.Count == 1 ? ValueName : s.Name)];
        foreach (long step in values.SelectMany(v => v.Keys).Distinct().Order())
        {
            yield return
            [
                $"{step}",
                .. values.Select(v => v.TryGetValue(step, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : ""),
            ];
        }
    }
}
