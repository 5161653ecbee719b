using System.Collections.Concurrent;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Datasets.Rows;

/// <summary>A row is a Redis hash, under its number from 1 or the value of its key column. A missing value has no field.</summary>
/// <remarks>Rows with keys are listed in a sorted set, in the order in which they first came.
/// A row that comes again replaces the one before.</remarks>
sealed class HashRowStore(RedisMLConnection connection, string dataset, RowPlacement placement) : RowStore(connection, dataset, placement)
{
    /// <summary>How many keys were new in a batch, as the last try at it said; by the batch's first row.</summary>
    readonly ConcurrentDictionary<long, long> _newKeys = [];

    bool HasKey => Placement.Key is not null;

    public override long NewKeys => _newKeys.Values.Sum();

    protected override async Task WriteAsync(RedisValue[] names, RowText[] columns, int from, int to, long firstRow)
    {
        var replies = new List<Task>(to - from);
        var keys = Keys(names, columns, from, to, firstRow);
        // The list comes first: what it doesn't name is never cleaned up.
        if (HasKey) replies.Add(ListAsync(firstRow + from, [.. keys.Select((k, i) => new SortedSetEntry(k, firstRow + from + i))]));
        var entries = new List<HashEntry>(names.Length);
        var missing = new List<RedisValue>();
        for (int row = from; row < to; row++)
        {
            entries.Clear();
            missing.Clear();
            for (int i = 0; i < names.Length; i++)
            {
                var value = columns[i][row];
                if (value.IsNull) missing.Add(names[i]);
                else entries.Add(new(names[i], value));
            }
            var key = Connection.Keys.Row(Dataset, keys[row - from]!);
            // Fields that a former row of this key had, and this one lacks.
            if (missing.Count > 0) replies.Add(Database.HashDeleteAsync(key, [.. missing]));
            // A row is there, even one without any value.
            if (entries.Count == 0) entries.Add(new("", ""));
            replies.Add(Database.HashSetAsync(key, [.. entries]));
            if (Placement.TimeToLive is { } life) replies.Add(Database.KeyExpireAsync(key, life));
        }
        await Task.WhenAll(replies).ConfigureAwait(false);
    }

    async Task ListAsync(long first, SortedSetEntry[] keys) =>
        _newKeys[first] = await Database.SortedSetAddAsync(Placement.Index, keys, SortedSetWhen.NotExists).ConfigureAwait(false);

    public override async Task<long> CountAsync(long written) =>
        HasKey ? await Database.SortedSetLengthAsync(Placement.Index).ConfigureAwait(false) : written;

    public override async Task<string?> FindLostAsync(long firstRow, long endRow)
    {
        for (long start = firstRow; start < endRow; start += Batch)
        {
            int batch = (int)Math.Min(Batch, endRow - start);
            var keys = await KeysAsync(start, batch).ConfigureAwait(false);
            if (keys.Count < batch) return Placement.Index;
            var there = await Task.WhenAll(keys.Select(k => Database.KeyExistsAsync(k))).ConfigureAwait(false);
            if (System.Array.IndexOf(there, false) is >= 0 and var lost) return keys[lost];
        }
        return null;
    }

    public override async Task<long> EstimateBytesAsync(long rows)
    {
        try
        {
            var keys = await KeysAsync(0, (int)Math.Min(rows, 100)).ConfigureAwait(false);
            var sizes = await Task.WhenAll(keys.Select(k => Database.ExecuteAsync("MEMORY", "USAGE", k))).ConfigureAwait(false);
            return (long)(sizes.Select(s => s.IsNull ? 0 : (long)s).DefaultIfEmpty().Average() * rows);
        }
        catch (RedisServerException)
        {
            // It is only an estimate, which not everybody may ask for.
            return 0;
        }
    }

    protected override async Task<IReadOnlyList<RedisValue[]>> ReadAsync(RedisValue[] names, long firstRow, int count)
    {
        var keys = await KeysAsync(firstRow, count).ConfigureAwait(false);
        var rows = await Task.WhenAll(keys.Select(k => Database.HashGetAsync(k, names))).ConfigureAwait(false);
        bool[] there = [.. rows.Select(r => r.Any(v => !v.IsNull))];
        if (System.Array.TrueForAll(there, t => t)) return rows;
        if (Placement.TimeToLive is null)
        {
            // A row without any value is there all the same.
            for (int i = 0; i < there.Length
                && (there[i] = there[i] || await Database.KeyExistsAsync(keys[i]).ConfigureAwait(false)); i++) { }
            return System.Array.IndexOf(there, false) is >= 0 and var lost ? rows[..lost] : rows;
        }
        return [.. rows.Where((_, i) => there[i])];
    }

    public override async Task RemoveAsync(long firstRow, long endRow, IReadOnlyList<RowPlacement> kept)
    {
        if (HasKey && kept.Any(k => k.Index == Placement.Index)) return;
        if (HasKey) endRow = Math.Min(endRow, await Database.SortedSetLengthAsync(Placement.Index).ConfigureAwait(false));
        else if (endRow - firstRow > BelievedRows && await FindLostAsync(endRow - 1, endRow).ConfigureAwait(false) is not null)
        {
            // Nobody's word is taken for how many there are: those that there are go.
            await foreach (var key in Connection.KeysAsync(Root, CancellationToken.None).ConfigureAwait(false))
                if (long.TryParse(key.AsSpan(Root.Length), out long number) && number > firstRow)
                    await RemoveAsync(key).ConfigureAwait(false);
            endRow = firstRow;
        }
        for (long start = firstRow; start < endRow; start += Batch)
        {
            var keys = await KeysAsync(start, (int)Math.Min(Batch, endRow - start)).ConfigureAwait(false);
            await Task.WhenAll(keys.Select(RemoveAsync)).ConfigureAwait(false);
        }
        await Database.KeyDeleteAsync(Placement.Index).ConfigureAwait(false);

        async Task RemoveAsync(RedisKey key)
        {
            foreach (var other in kept.Where(k => k.Key is not null))
                if (await Database.SortedSetScoreAsync(other.Index, ((string)key!)[Root.Length..]).ConfigureAwait(false) is not null)
                    return;
            await Database.KeyDeleteAsync(key).ConfigureAwait(false);
        }
    }

    string Root => Connection.Keys.Row(Dataset, "")!;

    /// <summary>What the rows are called.</summary>
    RedisValue[] Keys(RedisValue[] names, RowText[] columns, int from, int to, long firstRow)
    {
        if (!HasKey) return [.. Enumerable.Range(from, to - from).Select(row => (RedisValue)(firstRow + row + 1))];
        var column = columns[System.Array.FindIndex(names, n => n == Placement.Key)];
        var keys = Enumerable.Range(from, to - from).Select(row => column[row]).ToArray();
        int missing = System.Array.FindIndex(keys, k => k.IsNull);
        if (missing < 0) return keys;
        throw new RedisMLException("KeyMissing", ErrorKind.InvalidData,
            $"Row {firstRow + from + missing + 1:N0} has no value in the key column '{Placement.Key}'. Nothing was published.",
            Placement.Key);
    }

    async Task<IReadOnlyList<RedisKey>> KeysAsync(long firstRow, int count)
    {
        if (count == 0) return [];
        if (!HasKey) return [.. Enumerable.Range(0, count).Select(i => Connection.Keys.Row(Dataset, $"{firstRow + i + 1}"))];
        var names = await Database.SortedSetRangeByRankAsync(Placement.Index, firstRow, firstRow + count - 1).ConfigureAwait(false);
        return [.. names.Select(n => Connection.Keys.Row(Dataset, n!))];
    }
}
