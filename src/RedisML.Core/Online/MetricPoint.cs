namespace RedisML.Online;

/// <summary>A metric of the samples up to one.</summary>
/// <param name="Step">The number of that sample, from 1.</param>
readonly record struct MetricPoint(string Name, long Step, double Value);
