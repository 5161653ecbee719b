using RedisML.Columns.Chunks;
using RedisML.Connections;

namespace RedisML.Datasets.Splitting;

/// <summary>Collects the rows of a part until they make a chunk, and stores chunks while the next ones are made.</summary>
sealed class PartWriter(DatasetWriter writer, ChunkBuilder builder, ChunkCompression compression) : IAsyncDisposable
{
    const int MaxChunksUnderWay = 4;

    readonly Queue<(Task<ChunkEntry> Work, EncodedChunk Chunk)> _underWay = new();
    int _chunks;
    int _rowsPerChunk;

    public long Rows { get; private set; }

    public static async Task<PartWriter> StartAsync(RedisMLConnection connection, string name, Dataset source,
        CancellationToken cancellation)
    {
        var schema = source.Columns.Select(c => c.Schema).ToList();
        return new(await DatasetWriter.StartAsync(connection, name, schema, cancellation).ConfigureAwait(false), new ChunkBuilder(schema),
            source.Compression);
    }

    /// <summary>Appends the given rows of a chunk.</summary>
    public async Task AppendAsync(DatasetChunk chunk, ReadOnlyMemory<int> rows, CancellationToken cancellation)
    {
        // The first chunk says how large rows are, later on the part's own chunks.
        if (_rowsPerChunk == 0) _rowsPerChunk = ChunkSize.RowsFor(ChunkCodec.BufferBytes(chunk.Batch), chunk.Rows);
        while (!rows.IsEmpty)
        {
            int count = Math.Min(rows.Length, _rowsPerChunk - builder.Rows);
            for (int column = 0; column < builder.Columns.Count; column++)
                builder.Columns[column].AppendRows(chunk.Batch.Column(column), rows.Span[..count]);
            rows = rows[count..];
            if (builder.Rows == _rowsPerChunk) await WriteAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the rest of the rows, and waits until all are stored.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        if (builder.Rows > 0) await WriteAsync(cancellation).ConfigureAwait(false);
        while (_underWay.Count > 0) await CommitNextAsync().ConfigureAwait(false);
    }

    public Task<Dataset> PublishAsync(Dataset? current, Dataset source, string fingerprint, CancellationToken cancellation) =>
        writer.PublishAsync(current, source.Label, compression, fingerprint, cancellation);

    public async ValueTask DisposeAsync()
    {
        // What is still under way must have ended before what was written is deleted.
        await ((Task)Task.WhenAll(_underWay.Select(u => u.Work))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await writer.DisposeAsync().ConfigureAwait(false);
    }

    async Task WriteAsync(CancellationToken cancellation)
    {
        var chunk = builder.Encode(compression);
        Rows += chunk.Rows;
        _rowsPerChunk = ChunkSize.RowsFor(chunk.UncompressedBytes, chunk.Rows);
        _underWay.Enqueue((writer.WriteAsync(_chunks++, chunk, cancellation), chunk));
        if (_underWay.Count == MaxChunksUnderWay) await CommitNextAsync().ConfigureAwait(false);
    }

    async Task CommitNextAsync()
    {
        // One that fails stays in the queue: nothing behind it may be committed.
        var (work, chunk) = _underWay.Peek();
        writer.Commit(await work.ConfigureAwait(false), chunk.Statistics);
        _underWay.Dequeue();
    }
}
