namespace RedisML.Training.Charts;

/// <summary>A run whose metrics are drawn.</summary>
/// <param name="Curves">Named as the metrics are.</param>
public sealed record MetricRun(string Model, string Id, IReadOnlyList<MetricSeries> Curves);
