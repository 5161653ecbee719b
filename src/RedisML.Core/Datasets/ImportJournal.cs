using System.Globalization;
using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>Says which chunks of an import may exist, from before they are written until it is over.</summary>
/// <remarks>
/// No chunk has a time to live, since under a <c>volatile-*</c> eviction policy acknowledged chunks would vanish. What a killed process
/// leaves behind is found by its journal instead, and deleted once the journal has stood still for an hour.
/// </remarks>
static class ImportJournal
{
    static readonly TimeSpan s_stalled = TimeSpan.FromHours(1);

    public static async Task OpenAsync(RedisMLConnection connection, string importId, string dataset, CancellationToken cancellation)
    {
        var (database, keys) = (connection.Database, connection.Keys);
        await database.HashSetAsync(keys.Journal(importId), [new("dataset", dataset), new("chunks", 0), new("beat", Now())])
            .WaitAsync(cancellation).ConfigureAwait(false);
        await database.SetAddAsync(keys.Imports, importId).WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Notes that chunks below <paramref name="limit"/> may exist from now on.</summary>
    public static Task ExtendAsync(RedisMLConnection connection, string importId, int limit, CancellationToken cancellation) =>
        connection.Database.HashSetAsync(connection.Keys.Journal(importId), [new("chunks", limit), new("beat", Now())]).WaitAsync(cancellation);

    public static async Task CloseAsync(RedisMLConnection connection, string importId)
    {
        await connection.Database.KeyDeleteAsync(connection.Keys.Journal(importId)).ConfigureAwait(false);
        await connection.Database.SetRemoveAsync(connection.Keys.Imports, importId).ConfigureAwait(false);
    }

    /// <summary>Deletes the chunks and pages that the import may have written.</summary>
    public static async Task RemoveDataAsync(RedisMLConnection connection, string importId)
    {
        const int batch = 1000;
        var (database, keys) = (connection.Database, connection.Keys);
        var journal = await database.HashGetAsync(keys.Journal(importId), ["dataset", "chunks"]).ConfigureAwait(false);
        if (journal[0].IsNull) return;
        string dataset = journal[0]!;
        int chunks = (int)journal[1];
        for (int first = 0; first < chunks; first += batch)
        {
            var keysOfBatch = Enumerable.Range(first, Math.Min(batch, chunks - first)).Select(i => keys.Chunk(dataset, importId, i))
                .Append(keys.Page(dataset, importId, first / batch));
            await Task.WhenAll(keysOfBatch.Select(k => database.KeyDeleteAsync(k))).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes what imports left behind whose journals have stood still for an hour.</summary>
    public static async Task SweepAsync(RedisMLConnection connection, CancellationToken cancellation)
    {
        var (database, keys) = (connection.Database, connection.Keys);
        foreach (string? importId in await database.SetMembersAsync(keys.Imports).WaitAsync(cancellation).ConfigureAwait(false))
        {
            var beat = await database.HashGetAsync(keys.Journal(importId!), "beat").WaitAsync(cancellation).ConfigureAwait(false);
            if (!beat.IsNull && Now() - (long)beat < s_stalled.TotalSeconds) continue;
            await RemoveDataAsync(connection, importId!).ConfigureAwait(false);
            await CloseAsync(connection, importId!).ConfigureAwait(false);
        }
    }

    static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
