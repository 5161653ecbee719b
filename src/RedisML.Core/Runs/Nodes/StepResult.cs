namespace RedisML.Runs.Nodes;

/// <summary>What came of a step.</summary>
/// <param name="payloads">What each member contributed, in order; or the sum of it in one.</param>
/// <param name="leases">The memory of those that were read; given back with the result.</param>
internal sealed class StepResult(IReadOnlyList<ReadOnlyMemory<byte>> payloads, IReadOnlyList<IDisposable> leases, bool isSum = false)
    : IDisposable
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Payloads => payloads;

    public bool IsSum => isSum;

    public void Dispose()
    {
        foreach (var lease in leases) lease.Dispose();
    }
}
