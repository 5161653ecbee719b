namespace RedisML.Datasets.Statistics;

/// <summary>Counts different values by their hashes, in bounded memory.</summary>
/// <remarks>
/// Keeps the least hashes. While all fit, the count is exact; afterwards it follows from how densely the kept ones lie (Bar-Yossef et
/// al.: Counting distinct elements in a data stream, 2002), with a relative standard error of 1/√16,384 = 0.8 %.
/// </remarks>
sealed class DistinctCounter
{
    internal const int Capacity = 1 << 14;

    readonly HashSet<ulong> _kept = [];
    readonly PriorityQueue<ulong, ulong> _largest = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    public long Count =>
        _kept.Count < Capacity ? _kept.Count : (long)Math.Round((Capacity - 1) / ((_largest.Peek() + 1.0) / ulong.MaxValue));

    public void Add(ulong hash)
    {
        if (_kept.Count == Capacity && hash >= _largest.Peek()) return;
        if (!_kept.Add(hash)) return;
        _largest.Enqueue(hash, hash);
        if (_kept.Count > Capacity) _kept.Remove(_largest.Dequeue());
    }
}
