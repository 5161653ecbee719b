using System.Text;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>The keys of what a live model has counted, beside its versions; all in one slot of a cluster, for scripts.</summary>
sealed class LiveModelKeys(string prefix, string name)
{
    readonly string _start = $"{prefix}:model:{{{name}}}:";
    readonly byte[] _contextStart = Encoding.UTF8.GetBytes($"{prefix}:model:{{{name}}}:context:");

    /// <summary>A hash: what the model is, and how far it is. Whoever removes it shuts out the writers.</summary>
    public RedisKey State => _start + "state";

    /// <summary>A sorted set: the name of each context, by how often it was seen.</summary>
    public RedisKey Contexts => _start + "contexts";

    /// <summary>A string with a time to live: how far a writer is that has no source to go on with.</summary>
    public RedisKey Writer(string id) => $"{_start}writer:{id}";

    /// <summary>A sorted set: what was seen in a context, by how often.</summary>
    /// <param name="context">Its name in <see cref="Contexts"/>: any bytes.</param>
    public RedisKey Context(ReadOnlySpan<byte> context) => (byte[])[.. _contextStart, .. context];
}
