using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Datasets.Rows;

/// <summary>All rows are entries of one stream; the id of a row is its number from 1, as in <c>42-0</c>.
/// A missing value has no field.</summary>
sealed class StreamRowStore(RedisMLConnection connection, string dataset, RowPlacement placement) : RowStore(connection, dataset, placement)
{
    const int MaxArguments = 100_000;

    /// <summary>A command of a script takes some 8,000 arguments.</summary>
    const int MaxColumns = 3_900;

    /// <summary>Adds rows, all or none, but for those that an earlier try has added whose reply was lost.</summary>
    /// <remarks>No transaction: in a cluster that isn't sent on where the key has moved, and hides why a command was refused.</remarks>
    const string AddScript = """
        -- KEYS stream | ARGV number of the first row, then for each row how many arguments it has, and those
        local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', '1')[1]
        last = last and tonumber(string.match(last[1], '^%d+')) or 0
        local at, number = 2, tonumber(ARGV[1])
        while at <= #ARGV do
            local count = tonumber(ARGV[at])
            if number > last then redis.call('XADD', KEYS[1], string.format('%.0f-0', number), unpack(ARGV, at + 1, at + count)) end
            at, number = at + count + 1, number + 1
        end
        return 1
        """;

    // Ids only grow: a row that was lost on the way could not be added behind a later one.
    protected override bool Overlaps => false;

    public override async Task CheckSupportAsync()
    {
        try { await Database.StreamLengthAsync(Placement.Index).ConfigureAwait(false); }
        catch (RedisServerException e) when (e.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase))
        {
            throw new RedisMLException("StreamsUnsupported", ErrorKind.InvalidOperation,
                $"{Connection.Endpoint} has no streams, as the embedded server: use the layout Hash or Columnar, or a Redis server.",
                Connection.Endpoint, e);
        }
    }

    protected override async Task WriteAsync(RedisValue[] names, RowText[] columns, int from, int to, long firstRow)
    {
        if (names.Length > MaxColumns)
            throw new RedisMLException("TooManyColumns", ErrorKind.LimitsExceeded,
                $"A stream takes rows of up to {MaxColumns:N0} columns, and these have {names.Length:N0}: use the layout Columnar or Hash.",
                Dataset);
        int rows = Math.Max(1, MaxArguments / (2 * names.Length + 1));
        for (int start = from; start < to; start += rows)
            await Database.ScriptEvaluateAsync(AddScript, [Placement.Index], Arguments(start, Math.Min(start + rows, to)))
                .ConfigureAwait(false);

        RedisValue[] Arguments(int start, int end)
        {
            var arguments = new List<RedisValue> { firstRow + start + 1 };
            for (int row = start; row < end; row++)
            {
                int count = arguments.Count;
                arguments.Add(0);
                for (int i = 0; i < names.Length; i++)
                    if (columns[i][row] is { IsNull: false } value) arguments.AddRange([names[i], value]);
                // An entry can't be empty.
                if (arguments.Count == count + 1) arguments.AddRange(["", ""]);
                arguments[count] = arguments.Count - count - 1;
            }
            return [.. arguments];
        }
    }

    public override async Task<string?> FindLostAsync(long firstRow, long endRow) =>
        await Database.StreamLengthAsync(Placement.Index).ConfigureAwait(false) < endRow ? Placement.Index : null;

    public override async Task<long> EstimateBytesAsync(long rows)
    {
        try
        {
            var size = await Database.ExecuteAsync("MEMORY", "USAGE", (RedisKey)Placement.Index).ConfigureAwait(false);
            return size.IsNull ? 0 : (long)size;
        }
        catch (RedisServerException)
        {
            // It is only an estimate, which not everybody may ask for.
            return 0;
        }
    }

    protected override async Task<IReadOnlyList<RedisValue[]>> ReadAsync(RedisValue[] names, long firstRow, int count)
    {
        var entries = await Database.StreamRangeAsync(Placement.Index, $"{firstRow + 1}-0", $"{firstRow + count}-0", count)
            .ConfigureAwait(false);
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
        while (await Database.StreamRangeAsync(Placement.Index, $"{firstRow + 1}-0", "+", Batch)
            .ConfigureAwait(false) is { Length: > 0 } entries)
            await Database.StreamDeleteAsync(Placement.Index, [.. entries.Select(e => e.Id)]).ConfigureAwait(false);
        // Also where an earlier try deleted them and came no further.
        if (await Database.KeyExistsAsync(Placement.Index).ConfigureAwait(false))
            await Database.ExecuteAsync("XSETID", (RedisKey)Placement.Index, $"{firstRow}-0").ConfigureAwait(false);
    }
}
