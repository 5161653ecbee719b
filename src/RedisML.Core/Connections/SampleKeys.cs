using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>The keys of samples that are learned as they come, and of the trainings that learn from them, all in one slot of a cluster.
/// <c>docs/online-training.md</c> is their protocol.</summary>
sealed class SampleKeys(string prefix, string name)
{
    readonly string _start = $"{prefix}:samples:{{{name}}}";

    /// <summary>A list or a stream: samples, the newest at the end.</summary>
    public RedisKey Samples => _start;

    /// <summary>A hash: what a model's training has learned, and up to where.</summary>
    public RedisKey State(string model) => $"{_start}:state:{model}";

    /// <summary>A hash: a metric of a step.</summary>
    public RedisKey Metrics(string model) => $"{_start}:metrics:{model}";

    /// <summary>A list: the last samples that couldn't be learned, and why.</summary>
    public RedisKey Rejected(string model) => $"{_start}:rejected:{model}";

    /// <summary>A string, JSON, with the time to live of a lease: that a process trains, and how it fares.</summary>
    public RedisKey Alive(string model) => $"{_start}:alive:{model}";

    /// <summary>A string: the process that sees it ends.</summary>
    public RedisKey Stop(string model) => $"{_start}:stop:{model}";
}
