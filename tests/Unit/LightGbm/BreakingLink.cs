using RedisML.Runs.Exchange;

namespace RedisML.Unit.LightGbm;

/// <summary>One process that breaks off before a certain section, keeping its state as a checkpoint would; or that goes on from
/// one.</summary>
/// <param name="saved">Where it goes on; empty: at the start.</param>
/// <param name="last">The section before which it breaks off, from 0.</param>
sealed class BreakingLink(byte[] saved, int last = int.MaxValue) : INodeLink
{
    readonly LocalLink _local = new();
    int _sections;

    /// <summary>The state when it broke off.</summary>
    public byte[] Saved { get; private set; } = saved;

    public void Use(Action<Share> prepare, int leaves) => _local.Use(prepare, leaves);

    public byte[] Enter(Action<Task> wait)
    {
        _local.Enter(wait);
        return Saved;
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(RunReplica replica, Func<Share, byte[]> contribute) =>
        _local.Gather(replica, contribute);

    public ReadOnlyMemory<double> Sum(RunReplica replica, int length, Func<Share, IReadOnlyList<Memory<double>>> contribute) =>
        _local.Sum(replica, length, contribute);

    public T Together<T>(RunReplica replica, Func<ISection, T> work)
    {
        if (_sections++ < last) return _local.Together(replica, work);
        Saved = replica.Save();
        throw new OperationCanceledException();
    }
}
