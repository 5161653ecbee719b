using RedisML.Training.Optimization;

namespace RedisML.Runs.Exchange;

/// <summary>What the nodes of a training do together. Each makes the same calls in the same order, and each is given the same results.</summary>
/// <remarks>
/// For the leader's thread, which waits for the other nodes as it waits for its helpers. While others come and go a contribution may be
/// asked for again, for another share.
/// </remarks>
internal interface ITrainingExchange
{
    /// <summary>What each node contributes, in the order of shares.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Gather(Func<Share, byte[]> contribute);

    /// <summary>Adds up over all leaves.</summary>
    /// <param name="length">The numbers of a sum.</param>
    /// <param name="contribute">The sums of the share's <see cref="LeafTree.Branches"/>; they may be overwritten.</param>
    /// <returns>Valid until the next call.</returns>
    ReadOnlyMemory<double> Sum(int length, Func<Share, IReadOnlyList<Memory<double>>> contribute);

    /// <summary>From here on the optimizer is the state of the training; it goes on from where the training was taken up.</summary>
    void Attach(Optimizer optimizer);
}
