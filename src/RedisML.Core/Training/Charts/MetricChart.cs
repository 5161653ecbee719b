using System.Globalization;
using RedisML.Charts;
using RedisML.Errors;

namespace RedisML.Training.Charts;

/// <summary>Curves of metrics over steps, scaled: what every way of drawing them needs.</summary>
public sealed class MetricChart : Chart
{
    /// <summary>Beyond so many points nobody could point at one.</summary>
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

    internal override void Draw(ChartCanvas canvas)
    {
        const int right = 24, top = 64, bottom = 54;
        double left = 18 + Values.Marks.Max(m => canvas.WidthOf(Values.Label(m)));
        canvas.Write(canvas.Shorten(Title, Size.Width * 0.75), Size.Width / 2, 20, TextAnchor.Middle, isTitle: true);
        canvas.Write(ValueName, left - 6, top - 20, TextAnchor.Start);
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

        double legend = Size.Width - right;
        for (int i = Series.Count - 1; i >= 0; i--)
        {
            var (name, colour, points) = (Series[i].Name, ChartCanvas.Curve(i), Series[i].Points);
            canvas.Line([.. points.Select(p => (X(p.Step), Y(p.Value)))], colour, 2);
            if (points.Count <= MaxTips)
                foreach (var (step, value) in points) canvas.Tip(X(step), Y(value), colour, $"{name}, step {step}: {Text(value)}");
            if (Series.Count == 1) continue;
            legend -= canvas.WidthOf(name);
            canvas.Write(name, legend, top - 20, TextAnchor.Start);
            canvas.Line([(legend - 24, top - 20), (legend - 6, top - 20)], colour, 2);
            legend -= 40;
        }

        double X(double step) => left + Steps.At(step) * (Size.Width - left - right);
        double Y(double value) => Size.Height - bottom - Values.At(value) * (Size.Height - top - bottom);
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
