using System.Management.Automation;
using RedisML.Datasets;

namespace RedisML.PowerShell;

/// <summary>Keeps some rows of many at random, the same ones for the same seed: those with the least hashes.</summary>
sealed class RowSample(int size, int seed)
{
    readonly PriorityQueue<(long Number, PSObject Row), ulong> _kept = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    /// <summary>The rows kept, in their order.</summary>
    public IEnumerable<PSObject> Rows => _kept.UnorderedItems.OrderBy(i => i.Element.Number).Select(i => i.Element.Row);

    /// <param name="row">Makes the object, where it is kept for now.</param>
    public void Add(long number, Func<PSObject> row)
    {
        ulong hash = RowHash.Of(seed, number);
        if (_kept.Count < size) _kept.Enqueue((number, row()), hash);
        else if (_kept.TryPeek(out _, out ulong largest) && hash < largest) _kept.DequeueEnqueue((number, row()), hash);
    }
}
