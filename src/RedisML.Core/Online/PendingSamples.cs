using System.Globalization;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>Samples that wait for their label, by key, and labels whose sample hasn't been seen: the oldest first. They lie beside the
/// state, so that a trainer that takes over has them.</summary>
sealed class PendingSamples
{
    public const string Prefix = "p:";

    readonly Dictionary<string, LinkedListNode<(string Key, long Time, byte[] Sample)>> _byKey = new(StringComparer.Ordinal);
    readonly LinkedList<(string Key, long Time, byte[] Sample)> _byTime = new();
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public int Count => _byKey.Count;

    /// <summary>Holds a sample; one that had the same key gives way, and true says so.</summary>
    public bool Add(string key, long time, byte[] sample)
    {
        bool replaced = Remove(key) is not null;
        _byKey[key] = _byTime.AddLast((key, time, sample));
        _changed.Add(key);
        return replaced;
    }

    /// <summary>Takes a sample out; null where none waits.</summary>
    public (long Time, byte[] Sample)? Remove(string key)
    {
        if (!_byKey.Remove(key, out var node)) return null;
        _byTime.Remove(node);
        _changed.Add(key);
        return (node.Value.Time, node.Value.Sample);
    }

    /// <summary>Takes out those from before a time, and the oldest beyond a number.</summary>
    /// <returns>How many.</returns>
    public int Expire(long before, int most)
    {
        int expired = 0;
        while (_byTime.First is { } first && (first.Value.Time < before || _byTime.Count > most))
        {
            Remove(first.Value.Key);
            expired++;
        }
        return expired;
    }

    /// <summary>The fields that changed since the last time; an empty value is one that goes.</summary>
    public IEnumerable<HashEntry> TakeChanged()
    {
        foreach (string key in _changed.Order(StringComparer.Ordinal))
        {
            yield return _byKey.TryGetValue(key, out var node)
                ? new(Prefix + key, (byte[])[.. System.Text.Encoding.ASCII.GetBytes($"{node.Value.Time} "), .. node.Value.Sample])
                : new(Prefix + key, RedisValue.EmptyString);
        }
        _changed.Clear();
    }

    /// <exception cref="InvalidDataException">A field isn't such a sample.</exception>
    public static PendingSamples Read(IEnumerable<HashEntry> fields)
    {
        var pending = new PendingSamples();
        var found = new List<(string Key, long Time, byte[] Sample)>();
        foreach (var field in fields.Where(field => field.Name.StartsWith(Prefix)))
        {
            var bytes = ((ReadOnlyMemory<byte>)field.Value).Span;
            int space = bytes.IndexOf((byte)' ');
            if (space < 0 || !long.TryParse(bytes[..space], NumberStyles.None, CultureInfo.InvariantCulture, out long time))
                throw new InvalidDataException("a sample that waits has no time");
            found.Add((((string)field.Name!)[Prefix.Length..], time, bytes[(space + 1)..].ToArray()));
        }
        foreach (var (key, time, sample) in found.OrderBy(sample => sample.Time).ThenBy(sample => sample.Key, StringComparer.Ordinal))
            pending.Add(key, time, sample);
        pending._changed.Clear();
        return pending;
    }
}
