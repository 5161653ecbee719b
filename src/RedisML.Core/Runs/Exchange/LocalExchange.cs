namespace RedisML.Runs.Exchange;

/// <summary>No exchange: for what every node has and computes whole.</summary>
internal sealed class LocalExchange : IExchange
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(Func<Share, byte[]> contribute) => [contribute(LocalLink.All)];

    public ReadOnlyMemory<double> Sum(int length, Func<Share, IReadOnlyList<Memory<double>>> contribute) => contribute(LocalLink.All)[0];

    public T Together<T>(Func<ISection, T> work) => work(new LocalSection(LocalLink.All));

    public void Commit(IReplicatedState state)
    {
    }
}
