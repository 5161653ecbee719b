using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>The keys of a training run. The tag keeps them in one slot, for scripts; slices of a sum are spread over a cluster.</summary>
internal sealed class RunKeys(string prefix, string id)
{
    readonly string _root = $"{prefix}:run:{{{id}}}";

    /// <summary>A string, JSON: what is trained and how; never changed.</summary>
    public RedisKey Specification => $"{_root}:spec";

    /// <summary>A hash: generation, phase, step and pointers.</summary>
    public RedisKey Control => $"{_root}:ctl";

    /// <summary>A hash: each member of the generation, and how far it has come.</summary>
    public RedisKey Members => $"{_root}:mem";

    /// <summary>A hash: a counter for each node's signs of life.</summary>
    public RedisKey Beats => $"{_root}:beat";

    /// <summary>A hash: at which step each node has its state.</summary>
    public RedisKey Positions => $"{_root}:at";

    /// <summary>A hash: nodes that want to take part.</summary>
    public RedisKey Candidates => $"{_root}:join";

    /// <summary>A hash: every node that took part, and what it said of itself.</summary>
    public RedisKey Nodes => $"{_root}:nodes";

    /// <summary>A set: the keys of checkpoints and snapshots.</summary>
    public RedisKey Blobs => $"{_root}:blobs";

    /// <summary>A hash: a metric of a step.</summary>
    public RedisKey Metrics => $"{_root}:metrics";

    /// <summary>A hash: how far the run is, for whoever looks.</summary>
    public RedisKey Progress => $"{_root}:progress";

    /// <summary>A hash: what the run came to, before it is published.</summary>
    public RedisKey Result => $"{_root}:result";

    /// <summary>Says that something has changed.</summary>
    public RedisChannel Events => RedisChannel.Literal($"{_root}:ev");

    /// <summary>A string: what a member adds to a step, odd and even ones in turn.</summary>
    public RedisKey Payload(string member, long step) => $"{_root}:x:{member}:{step & 1}";

    /// <summary>A string: a member's part of a slice of a sum; of the member <c>sum</c>, the whole slice.</summary>
    public RedisKey Slice(string member, long step, int slice) => $"{prefix}:run:{{{id}:{slice}}}:x:{member}:{step & 1}";

    /// <summary>What the keys of <see cref="Payload"/> and <see cref="Slice"/> start with, among others.</summary>
    public IEnumerable<string> ExchangeRoots => [$"{_root}:x:", $"{prefix}:run:{{{id}:"];

    public RedisKey Checkpoint(string generation, long step) => $"{_root}:ck:{generation}:{step}";

    /// <summary>Whether a key is that of a checkpoint or a snapshot of this run: what lies in Redis may name others.</summary>
    public bool IsBlob(string key) =>
        key.StartsWith($"{_root}:ck:", StringComparison.Ordinal) || key.StartsWith($"{_root}:snap:", StringComparison.Ordinal);

    public RedisKey Snapshot(string generation, long step) => $"{_root}:snap:{generation}:{step}";
}
