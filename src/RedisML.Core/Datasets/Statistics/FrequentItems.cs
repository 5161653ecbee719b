using System.Numerics;

namespace RedisML.Datasets.Statistics;

/// <summary>Counts how often values occur, by their keys, in bounded memory: exactly while no more differ than there is room for.</summary>
/// <remarks>
/// Then the algorithm of Misra and Gries (Finding repeated elements, 1982) as improved by Anderson et al. (A high-performance
/// algorithm for identifying frequent items in data streams, IMC 2017): from all counts the median of a sample is taken, and those that
/// reach zero are forgotten. A count is then short by at most <see cref="MaximumError"/>, the sum of what was taken.
/// </remarks>
sealed class FrequentItems(int capacity)
{
    const int InitialSlots = 64;
    const int SampleSize = 1024;

    ulong[] _keys = new ulong[InitialSlots];
    long[] _counts = new long[InitialSlots]; // 0: an empty slot
    int[] _tags = new int[InitialSlots];
    int _shift = 64 - BitOperations.Log2(InitialSlots);

    /// <summary>How many different values are held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether another new value would be more than there is room for.</summary>
    public bool IsFull => Count > capacity;

    public long MaximumError { get; private set; }

    /// <summary>The values held with their least counts, in no order, but always the same.</summary>
    public IEnumerable<(ulong Key, long Count, int Tag)> Items
    {
        get
        {
            for (int slot = 0; slot < _keys.Length; slot++)
                if (_counts[slot] > 0) yield return (_keys[slot], _counts[slot], _tags[slot]);
        }
    }

    /// <summary>Counts a value; true where it isn't held yet. After that, where <see cref="IsFull"/>, the table has to be purged.</summary>
    /// <param name="tag">What a new value is remembered with.</param>
    public bool Add(ulong key, long times, int tag = 0)
    {
        int slot = Find(key);
        if (_counts[slot] > 0)
        {
            _counts[slot] += times;
            return false;
        }
        (_keys[slot], _counts[slot], _tags[slot]) = (key, times, tag);
        if (++Count > _keys.Length / 2) Rebuild(2 * _keys.Length, 0);
        return true;
    }

    /// <summary>Makes room by forgetting what is rare.</summary>
    public void Purge()
    {
        var sample = Items.Select(i => i.Count).Take(SampleSize).Order().ToArray();
        long median = sample[sample.Length / 2];
        MaximumError += median;
        Rebuild(_keys.Length, median);
    }

    /// <summary>Gives each value the tag that <paramref name="tag"/> makes of its former one.</summary>
    public void Retag(Func<int, int> tag)
    {
        for (int slot = 0; slot < _tags.Length; slot++)
            if (_counts[slot] > 0) _tags[slot] = tag(_tags[slot]);
    }

    int Find(ulong key)
    {
        int slot = (int)(key * 0x9E3779B97F4A7C15 >> _shift);
        while (_counts[slot] > 0 && _keys[slot] != key) slot = slot + 1 & _keys.Length - 1;
        return slot;
    }

    void Rebuild(int slots, long less)
    {
        var (keys, counts, tags) = (_keys, _counts, _tags);
        (_keys, _counts, _tags) = (new ulong[slots], new long[slots], new int[slots]);
        _shift = 64 - BitOperations.Log2((uint)slots);
        Count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (counts[i] <= less) continue;
            int slot = Find(keys[i]);
            (_keys[slot], _counts[slot], _tags[slot]) = (keys[i], counts[i] - less, tags[i]);
            Count++;
        }
    }
}
