namespace RedisML.Runs.Exchange;

/// <summary>What the nodes of a run do together. Each makes the same calls in the same order, and each is given the same results.</summary>
/// <remarks>
/// For the leader's thread, which waits for the other nodes as it waits for its helpers. While others come and go a contribution may be
/// asked for again, for another share.
/// </remarks>
public interface IExchange
{
    /// <summary>What each node contributes, in the order of shares.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Gather(Func<Share, byte[]> contribute);

    /// <summary>Adds up over all leaves.</summary>
    /// <param name="length">The numbers of a sum.</param>
    /// <param name="contribute">The sums of the share's <see cref="LeafTree.Branches"/>; they may be overwritten.</param>
    /// <returns>Valid until the next call.</returns>
    ReadOnlyMemory<double> Sum(int length, Func<Share, IReadOnlyList<Memory<double>>> contribute);

    /// <summary>Does what takes several exchanges among the same members, such as to grow a tree; the next call is to commit what came
    /// of it.</summary>
    /// <remarks>
    /// What is exchanged in it is not part of the record, as it holds for these members alone: where they change meanwhile, every node
    /// abandons it and begins it anew, from the state as last committed, with the share that it has then.
    /// </remarks>
    /// <param name="work">Called again where it was abandoned; it must leave the committed state as it is.</param>
    T Together<T>(Func<ISection, T> work);

    /// <summary>From here on this is the state of the program; at the first call it takes over the state from which
    /// the run was taken up.</summary>
    /// <remarks>
    /// A checkpoint is the state as last committed, and the results of the exchanges since. The state is written when it is needed, so
    /// that to commit costs nothing: between a commit and the next it must not change before the last exchange is done.
    /// </remarks>
    void Commit(IReplicatedState state);
}

/// <summary>A state that every node has alike.</summary>
public interface IReplicatedState
{
    /// <summary>By which nodes are compared at each exchange.</summary>
    ulong Digest { get; }

    void Write(BinaryWriter writer);

    /// <summary>Replaces the state by one that <see cref="Write"/> wrote.</summary>
    void Read(BinaryReader reader);
}
