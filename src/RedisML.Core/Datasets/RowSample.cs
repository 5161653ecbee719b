namespace RedisML.Datasets;

/// <summary>Keeps some rows of many at random, the same ones for the same seed: those with the least hashes.</summary>
sealed class RowSample<T>(int size, int seed)
{
    readonly PriorityQueue<(long Number, T Row), ulong> _kept = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));

    /// <summary>The rows kept, in their order.</summary>
    public IEnumerable<T> Rows => _kept.UnorderedItems.OrderBy(i => i.Element.Number).Select(i => i.Element.Row);

    /// <summary>Whether the row of this number is kept for now.</summary>
    public bool Accepts(long number) => _kept.Count < size || _kept.TryPeek(out _, out ulong largest) && RowHash.Of(seed, number) < largest;

    /// <summary>Keeps a row that is accepted, instead of another where there are enough.</summary>
    public void Add(long number, T row)
    {
        ulong hash = RowHash.Of(seed, number);
        if (_kept.Count < size) _kept.Enqueue((number, row), hash);
        else _kept.DequeueEnqueue((number, row), hash);
    }
}
