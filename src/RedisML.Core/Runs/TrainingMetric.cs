namespace RedisML.Runs;

/// <summary>A figure of a step of a run.</summary>
/// <param name="Id">The run's.</param>
/// <param name="Step">The iteration that it is of.</param>
/// <param name="Name">Such as <c>loss</c>.</param>
public sealed record TrainingMetric(string Id, string Name, long Step, double Value, DateTimeOffset Time);
