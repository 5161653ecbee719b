using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>The keys of a prediction service, all in one slot of a cluster but for replies.
/// <c>docs/serving.md</c> is their protocol.</summary>
sealed class ServiceKeys(string prefix, string name)
{
    readonly string _start = $"{prefix}:service:{{{name}}}:";

    /// <summary>A list: requests, the newest first.</summary>
    public RedisKey Queue => _start + "queue";

    /// <summary>A set: the ids of instances.</summary>
    public RedisKey Instances => _start + "instances";

    /// <summary>A list: the last requests to which nobody could reply.</summary>
    public RedisKey Rejected => _start + "rejected";

    /// <summary>A list: what an instance has taken and not yet answered.</summary>
    public RedisKey Work(string instance) => $"{_start}work:{instance}";

    /// <summary>A string, JSON, with the time to live of a lease: that an instance is at work, and how it fares.</summary>
    public RedisKey Alive(string instance) => $"{_start}alive:{instance}";

    /// <summary>A string: an instance that sees it ends.</summary>
    public RedisKey Stop(string instance) => $"{_start}stop:{instance}";

    /// <summary>What the keys of replies start with. They are lists, and lie in any slot.</summary>
    public string ReplyStart { get; } = $"{prefix}:reply:";
}
