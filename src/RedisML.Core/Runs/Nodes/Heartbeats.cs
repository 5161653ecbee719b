namespace RedisML.Runs.Nodes;

/// <summary>Judges by their counters which nodes are alive, on the observer's own clock.</summary>
/// <remarks>
/// A node is dead when its counter stands still for the limit, over three reads at least. Where the observer itself didn't read for half
/// of that, because it was stopped or the server away, it starts to watch anew: an outage kills nobody.
/// </remarks>
internal sealed class Heartbeats(TimeSpan limit)
{
    const int MinReads = 3;

    readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);
    TimeSpan? _last;

    /// <param name="nodes">The nodes to watch.</param>
    /// <param name="beats">Their counters; a node that never beat has none.</param>
    /// <param name="now">On a clock that never goes back.</param>
    public void Read(IEnumerable<string> nodes, IReadOnlyDictionary<string, string> beats, TimeSpan now)
    {
        if (_last is { } last && now - last > limit / 2) _watches.Clear();
        _last = now;
        var watched = nodes.ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _watches.Keys.Except(watched).ToList()) _watches.Remove(gone);
        foreach (var node in watched)
        {
            var count = beats.GetValueOrDefault(node, "");
            bool isKnown = _watches.TryGetValue(node, out var watch);
            _watches[node] = isKnown && watch.Count == count ? watch with { Reads = watch.Reads + 1 } : new(count, now, 0, isKnown);
        }
    }

    public bool IsDead(string node) =>
        _watches.TryGetValue(node, out var watch) && watch.Reads >= MinReads && _last - watch.Since >= limit;

    /// <summary>Whether it was seen to beat.</summary>
    public bool IsAlive(string node) => _watches.TryGetValue(node, out var watch) && watch.HasBeaten && !IsDead(node);

    readonly record struct Watch(string Count, TimeSpan Since, int Reads, bool HasBeaten);
}
