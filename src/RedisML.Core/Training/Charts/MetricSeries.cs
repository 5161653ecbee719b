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
}
