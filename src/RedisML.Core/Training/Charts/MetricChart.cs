using System.Globalization;

namespace RedisML.Training;

/// <summary>The formats of a chart's file.</summary>
public enum ChartFormat
{
    Svg,
    Html,
    Png,
}

/// <summary>A curve of a metric over steps, scaled: what every way of drawing it needs.</summary>
public sealed class MetricChart
{
    const int Ticks = 5;

    /// <param name="metrics">At least one; those that aren't finite are left out.</param>
    public MetricChart(string title, IEnumerable<TrainingMetric> metrics)
    {
        Title = title;
        Points = [.. metrics.Where(m => double.IsFinite(m.Value)).Select(m => (m.Step, m.Value)).OrderBy(p => p.Step)];
        if (Points.Count == 0) throw new RedisMLException("NoMetric", ErrorKind.ObjectNotFound, $"There is nothing to draw of {title}.", title);
        (FirstStep, LastStep) = (Points[0].Step, Points[^1].Step);
        (Least, Greatest) = (Points.Min(p => p.Value), Points.Max(p => p.Value));
        if (Least == Greatest) (Least, Greatest) = (Least - Math.Max(1e-12, Math.Abs(Least) / 10), Greatest + Math.Max(1e-12, Math.Abs(Greatest) / 10));
    }

    public string Title { get; }

    public IReadOnlyList<(long Step, double Value)> Points { get; }

    public long FirstStep { get; }

    public long LastStep { get; }

    public double Least { get; }

    public double Greatest { get; }

    /// <summary>Values for the marks of the vertical axis, from the least up.</summary>
    public IEnumerable<double> ValueTicks => Enumerable.Range(0, Ticks).Select(i => Least + (Greatest - Least) * i / (Ticks - 1));

    /// <summary>Steps for the marks of the horizontal axis.</summary>
    public IEnumerable<long> StepTicks => Enumerable.Range(0, Ticks).Select(i => FirstStep + (LastStep - FirstStep) * i / (Ticks - 1)).Distinct();

    /// <summary>The format that a file's name asks for; null for one that isn't known.</summary>
    public static ChartFormat? FormatOf(string path) =>
        Enum.TryParse<ChartFormat>(Path.GetExtension(path).TrimStart('.'), ignoreCase: true, out var format) ? format : null;

    public static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>From 0 to 1.</summary>
    public double Across(long step) => LastStep == FirstStep ? 0.5 : (double)(step - FirstStep) / (LastStep - FirstStep);

    /// <summary>From 0, the least, to 1.</summary>
    public double Up(double value) => (value - Least) / (Greatest - Least);

    /// <summary>The bytes of a file.</summary>
    public byte[] ToFile(ChartFormat format) => format switch
    {
        ChartFormat.Svg => System.Text.Encoding.UTF8.GetBytes(SvgChart.Draw(this)),
        ChartFormat.Html => System.Text.Encoding.UTF8.GetBytes(SvgChart.Page(this)),
        _ => PngChart.Draw(this),
    };
}
