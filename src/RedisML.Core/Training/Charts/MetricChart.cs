using System.Globalization;
using RedisML.Charts;
using RedisML.Errors;
using RedisML.Runs;

namespace RedisML.Training.Charts;

/// <summary>A curve of a metric over steps, scaled: what every way of drawing it needs.</summary>
public sealed class MetricChart : Chart
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

    public override string Title { get; }

    public IReadOnlyList<(long Step, double Value)> Points { get; }

    public long FirstStep { get; }

    public long LastStep { get; }

    public double Least { get; }

    public double Greatest { get; }

    /// <summary>Values for the marks of the vertical axis, from the least up.</summary>
    public IEnumerable<double> ValueTicks => Enumerable.Range(0, Ticks).Select(i => Least + (Greatest - Least) * i / (Ticks - 1));

    /// <summary>Steps for the marks of the horizontal axis.</summary>
    public IEnumerable<long> StepTicks => Enumerable.Range(0, Ticks).Select(i => FirstStep + (LastStep - FirstStep) * i / (Ticks - 1)).Distinct();

    /// <summary>From 0 to 1.</summary>
    public double Across(long step) => LastStep == FirstStep ? 0.5 : (double)(step - FirstStep) / (LastStep - FirstStep);

    /// <summary>From 0, the least, to 1.</summary>
    public double Up(double value) => (value - Least) / (Greatest - Least);

    internal override void Draw(ChartCanvas canvas)
    {
        const int right = 20, top = 40, bottom = 40;
        double left = 16 + ValueTicks.Max(t => canvas.WidthOf(Text(t)));
        canvas.Write(Title, Size.Width / 2, 20, TextAnchor.Middle, isTitle: true);
        foreach (double value in ValueTicks)
        {
            canvas.Line([(left, Y(value)), (Size.Width - right, Y(value))], ChartColour.Grey, 1);
            canvas.Write(Text(value), left - 6, Y(value), TextAnchor.End);
        }
        foreach (long step in StepTicks) canvas.Write($"{step}", X(step), Size.Height - bottom + 14, TextAnchor.Middle);
        canvas.Line([.. Points.Select(p => (X(p.Step), Y(p.Value)))], ChartColour.Blue, 2);

        double X(long step) => left + Across(step) * (Size.Width - left - right);
        double Y(double value) => Size.Height - bottom - Up(value) * (Size.Height - top - bottom);
    }

    internal override IEnumerable<IEnumerable<string>> Table() =>
        [["Step", "Value"], .. Points.Select(p => new[] { $"{p.Step}", p.Value.ToString("R", CultureInfo.InvariantCulture) })];
}
