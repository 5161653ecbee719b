namespace RedisML.Runs;

/// <summary>A figure of a step of a run.</summary>
/// <param name="Id">The id of the run.</param>
/// <param name="Step">The iteration that it is of.</param>
/// <param name="Name">The name of the metric, such as <c>loss</c>.</param>
public sealed record RunMetric(string Id, string Name, long Step, double Value, DateTimeOffset Time);
