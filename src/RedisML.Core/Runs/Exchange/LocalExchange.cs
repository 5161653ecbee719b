using RedisML.Training.Optimization;

namespace RedisML.Runs.Exchange;

/// <summary>No exchange: for what every node has and computes whole.</summary>
internal sealed class LocalExchange : ITrainingExchange
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Gather(Func<Share, byte[]> contribute) => [contribute(LocalLink.All)];

    public ReadOnlyMemory<double> Sum(int length, Func<Share, IReadOnlyList<Memory<double>>> contribute) => contribute(LocalLink.All)[0];

    public void Attach(Optimizer optimizer)
    {
    }
}
