using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Datasets.Rows;

/// <summary>All rows are entries of one stream; the id of a row is its number from 1, as in <c>42-0</c>. A missing value has no field.</summary>
sealed class StreamRowStore(RedisMLConnection connection, string dataset, RowPlacement placement) : RowStore(connection, dataset, placement)
{
    // Ids only grow: a row that was lost on the way could not be added behind a later one.
    protected override bool Overlaps => false;

    public override async Task CheckSupportAsync()
    {
        try { await Database.StreamLengthAsync(Placement.Index).ConfigureAwait(false); }
        catch (RedisServerException e) when (e.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase))
        {
            throw new RedisMLException("StreamsUnsupported", ErrorKind.InvalidOperation,
                $"{Connection.Endpoint} has no streams, as the embedded server: use the layout Hash or Columnar, or a Redis server.", Connection.Endpoint, e);
        }
    }

    protected override async Task WriteAsync(RedisValue[] names, RowText[] columns, int from, int to, long firstRow)
    {
        // All of them or none: an earlier try whose reply was lost is told by the last id.
        if (await LastAsync().ConfigureAwait(false) >= firstRow + to) return;
        var transaction = Database.CreateTransaction();
        var replies = new List<Task>(to - from);
        var entries = new List<NameValueEntry>(names.Length);
        for (int row = from; row < to; row++)
        {
            entries.Clear();
            for (int i = 0; i < names.Length; i++)
                if (columns[i][row] is { IsNull: false } value) entries.Add(new(names[i], value));
            // An entry can't be empty.
            if (entries.Count == 0) entries.Add(new("", ""));
            replies.Add(transaction.StreamAddAsync(Placement.Index, [.. entries], $"{firstRow + row + 1}-0"));
        }
        await transaction.ExecuteAsync().ConfigureAwait(false);
        await Task.WhenAll(replies).ConfigureAwait(false);
    }

    public override async Task<string?> FindLostAsync(long firstRow, long endRow) =>
        await Database.StreamLengthAsync(Placement.Index).ConfigureAwait(false) < endRow ? Placement.Index : null;

    public override async Task<long> EstimateBytesAsync(long rows) => (long)await Database.ExecuteAsync("MEMORY", "USAGE", Placement.Index).ConfigureAwait(false);

    protected override async Task<IReadOnlyList<RedisValue[]>> ReadAsync(RedisValue[] names, long firstRow, int count)
    {
        var entries = await Database.StreamRangeAsync(Placement.Index, $"{firstRow + 1}-0", $"{firstRow + count}-0", count).ConfigureAwait(false);
        return [.. entries.Select(e => names.Select(n => e[n]).ToArray())];
    }

    public override async Task RemoveAsync(long firstRow, long endRow, IReadOnlyList<RowPlacement> kept)
    {
        if (kept.All(k => k.Index != Placement.Index))
        {
            await Database.KeyDeleteAsync(Placement.Index).ConfigureAwait(false);
            return;
        }
        // A version has the same stream: only what was added behind its rows goes.
        bool any = false;
        while (await Database.StreamRangeAsync(Placement.Index, $"{firstRow + 1}-0", "+", Batch).ConfigureAwait(false) is { Length: > 0 } entries)
        {
            any = true;
            await Database.StreamDeleteAsync(Placement.Index, [.. entries.Select(e => e.Id)]).ConfigureAwait(false);
        }
        if (any) await Database.ExecuteAsync("XSETID", (RedisKey)Placement.Index, $"{firstRow}-0").ConfigureAwait(false);
    }

    /// <summary>The number of the last row that is there; 0 where none is.</summary>
    async Task<long> LastAsync()
    {
        var last = await Database.StreamRangeAsync(Placement.Index, "-", "+", 1, Order.Descending).ConfigureAwait(false);
        return last.Length == 0 ? 0 : long.Parse(((string)last[0].Id!).Split('-')[0]);
    }
}
