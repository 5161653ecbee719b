using RedisML.Runs;

namespace RedisML.Training.Charts;

/// <summary>A metric of one run over its steps, in order; what isn't finite is left out.</summary>
/// <param name="Name">What the curve is called, such as <c>loss</c>, or the run's id where there are several.</param>
public sealed record MetricSeries(string Name, IReadOnlyList<(long Step, double Value)> Points)
{
    public MetricSeries(string name, IEnumerable<RunMetric> metrics)
        : this(name, [.. metrics.Where(m => double.IsFinite(m.Value)).Select(m => (m.Step, m.Value)).OrderBy(p => p.Step)])
    {
    }

    /// <summary>Which colour it has, counted from 0; null for that of its place. The curves of a run have one.</summary>
    public int? Colour { get; init; }

    /// <summary>Whether it is drawn in dashes, as a second curve of a run is.</summary>
    public bool IsDashed { get; init; }
}
