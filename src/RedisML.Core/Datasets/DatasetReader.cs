using System.Runtime.CompilerServices;
using Apache.Arrow;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets.Rows;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>Reads the chunks of a dataset, some ahead. A chunk is verified and decoded by whoever first looks at its rows.</summary>
public sealed class DatasetReader(RedisMLConnection connection)
{
    /// <summary>Bytes asked for ahead of the reader; a single larger chunk is read all the same.</summary>
    const long WindowBytes = 16 << 20;

    /// <summary>Rows that make a chunk where they lie one by one.</summary>
    const int RowsTogether = 4096;

    readonly DatasetStore _store = new(connection);

    /// <summary>The chunks in order, from the one that holds row <paramref name="firstRow"/> to the one that holds
    /// the last row wanted.</summary>
    public async IAsyncEnumerable<DatasetChunk> ReadAsync(
        Dataset dataset, long firstRow = 0, long rows = long.MaxValue, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (dataset.Placement is not null)
        {
            await foreach (var chunk in ReadRowsAsync(dataset, firstRow, rows, cancellation).ConfigureAwait(false)) yield return chunk;
            yield break;
        }
        var window = new Queue<(Task<Lease<byte>?> Reply, ChunkEntry Entry, int Index, long FirstRow)>();
        long windowBytes = 0;
        var pin = new DatasetPin(connection, dataset);
        try
        {
            await foreach (var (entry, index, first) in EntriesAsync(dataset, cancellation).ConfigureAwait(false))
            {
                if (first + entry.Rows <= firstRow) continue;
                if (rows != long.MaxValue && first >= firstRow + rows) break;
                while (window.Count > 0 && windowBytes + entry.Bytes > WindowBytes)
                {
                    // A read that fits into the window has asked for everything already, and needs no pin.
                    await pin.KeepAsync(cancellation).ConfigureAwait(false);
                    yield return await NextAsync().ConfigureAwait(false);
                }
                window.Enqueue(
                    (connection.Database.PatientlyAsync(d => d.StringGetLeaseAsync(entry.Key), cancellation), entry, index, first));
                windowBytes += entry.Bytes;
            }
            while (window.Count > 0) yield return await NextAsync().ConfigureAwait(false);
        }
        finally
        {
            // Replies that nobody waits for any more still hold rented memory.
            foreach (var (reply, _, _, _) in window)
                _ = reply.ContinueWith(r => { if (r.IsCompletedSuccessfully) r.Result?.Dispose(); }, TaskScheduler.Default);
            await pin.DisposeAsync().ConfigureAwait(false);
        }

        async Task<DatasetChunk> NextAsync()
        {
            var (reply, entry, index, first) = window.Dequeue();
            windowBytes -= entry.Bytes;
            var lease = await reply.WaitAsync(cancellation).ConfigureAwait(false) ?? throw DatasetStore.DataLost(dataset, entry.Key);
            var seal = connection.Seals.Dataset(dataset.Name);
            return new(index, first, entry.Rows, () => Decode(dataset, entry, seal.OpenInPlace(entry.Key, lease.Memory)), lease);
        }
    }

    /// <summary>How many rows each chunk has.</summary>
    internal async Task<int[]> ChunkRowsAsync(Dataset dataset, CancellationToken cancellation)
    {
        List<int> rows = [];
        if (dataset.Placement is null)
            await foreach (var (entry, _, _) in EntriesAsync(dataset, cancellation).ConfigureAwait(false)) rows.Add(entry.Rows);
        else
            for (long first = 0; first < dataset.Rows; first += RowsTogether) rows.Add((int)Math.Min(RowsTogether, dataset.Rows - first));
        return [.. rows];
    }

    /// <exception cref="RedisMLException"><c>ChecksumMismatch</c></exception>
    static RecordBatch Decode(Dataset dataset, ChunkEntry entry, Memory<byte> bytes) => ChunkCodec.Checksum(bytes.Span) == entry.Crc32
        ? StoredRecord.Decode("A chunk", dataset.Name, entry.Key, () =>
        {
            var batch = ChunkCodec.DecodeForeign(bytes, [.. dataset.Columns.Select(c => c.Schema)]);
            Decoding.Demand(batch.Length == entry.Rows, $"it has {batch.Length:N0} rows, and its page says {entry.Rows:N0}");
            return batch;
        })
        : throw new RedisMLException("ChecksumMismatch", ErrorKind.InvalidData,
            $"'{entry.Key}' isn't what was written there: its checksum differs. Import dataset '{dataset.Name}' again.", entry.Key);

    async IAsyncEnumerable<(ChunkEntry Entry, int Index, long FirstRow)> EntriesAsync(
        Dataset dataset, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int index = 0;
        long first = 0;
        foreach (var page in dataset.Pages)
            foreach (var entry in await _store.PageAsync(dataset, page, cancellation).ConfigureAwait(false))
            {
                yield return (entry, index++, first);
                first += entry.Rows;
            }
    }

    /// <summary>Rows that lie one by one, a batch of them a chunk.</summary>
    async IAsyncEnumerable<DatasetChunk> ReadRowsAsync(Dataset dataset, long firstRow, long rows,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var store = RowStore.Create(connection, dataset.Name, dataset.Placement!);
        var schema = dataset.Columns.Select(c => c.Schema).ToList();
        long end = rows < dataset.Rows - firstRow ? firstRow + rows : dataset.Rows;
        for (long first = firstRow; first < end; first += RowsTogether)
        {
            var (batch, statistics) = await store.ReadAsync(schema, first, (int)Math.Min(RowsTogether, end - first), cancellation)
                .ConfigureAwait(false);
            // Rows go with time from the first to the last: where that one has gone, no more come.
            if (batch.Length == 0 && await store.FindLostAsync(dataset.Rows - 1, dataset.Rows).ConfigureAwait(false) is not null)
                yield break;
            yield return new((int)(first / RowsTogether), first, batch.Length, () => batch, null) { Statistics = statistics };
        }
    }
}
