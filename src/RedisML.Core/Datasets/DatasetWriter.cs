using System.Security.Cryptography;
using RedisML.Connections;
using RedisML.Datasets.Chunks;
using RedisML.Datasets.Columns;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>Writes the chunks of one new version of a dataset, then publishes it; undoes everything unless it got there.</summary>
/// <remarks>
/// <see cref="WriteAsync"/> may run for several chunks at once; <see cref="Commit"/> takes them in order. A journal says, before they
/// are written, which chunks may exist, so that whatever a killed process leaves behind is found and swept.
/// </remarks>
sealed class DatasetWriter : IAsyncDisposable
{
    const int PageLength = 1000;
    const int JournalStep = 64;

    readonly RedisMLConnection _connection;
    readonly IDatabase _database;
    readonly KeySpace _keys;
    readonly string _dataset;
    readonly string _importId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    readonly List<ChunkEntry> _entries = [];
    readonly SemaphoreSlim _journalling = new(1);
    readonly IReadOnlyList<ColumnSchema> _schema;
    readonly ColumnStatistics[] _statistics;
    int _journalled;
    bool _published;

    DatasetWriter(RedisMLConnection connection, string dataset, IReadOnlyList<ColumnSchema> schema)
    {
        (_connection, _dataset, _schema) = (connection, dataset, schema);
        _database = connection.Database;
        _keys = connection.Keys;
        _statistics = new ColumnStatistics[schema.Count];
    }

    public long Rows { get; private set; }

    public long StoredBytes { get; private set; }

    /// <summary>Starts a new version: sweeps what dead imports left behind, and opens a journal.</summary>
    public static async Task<DatasetWriter> StartAsync(
        RedisMLConnection connection, string dataset, IReadOnlyList<ColumnSchema> schema, CancellationToken cancellation)
    {
        await ImportJournal.SweepAsync(connection, cancellation).ConfigureAwait(false);
        var writer = new DatasetWriter(connection, dataset, schema);
        await ImportJournal.OpenAsync(connection, writer._importId, dataset, cancellation).ConfigureAwait(false);
        return writer;
    }

    /// <summary>Stores a chunk under its index, and gives its memory back once the reply is there.</summary>
    /// <remarks>Where the wait is cut short the command may still read the memory, so that it is left to the garbage collector.</remarks>
    public async Task<ChunkEntry> WriteAsync(int index, EncodedChunk chunk, CancellationToken cancellation)
    {
        if (index >= Volatile.Read(ref _journalled)) await JournalAsync(index, cancellation).ConfigureAwait(false);
        var key = _keys.Chunk(_dataset, _importId, index);
        var data = chunk.Data.WrittenMemory;
        await _database.StringSetAsync(key, data).WaitAsync(cancellation).ConfigureAwait(false);
        chunk.Dispose();
        return new(key!, chunk.Rows, data.Length, chunk.Checksum);
    }

    /// <summary>Adds a written chunk to the version. Called in the order of the chunks.</summary>
    public void Commit(ChunkEntry entry, IReadOnlyList<ColumnStatistics> statistics)
    {
        _entries.Add(entry);
        Rows += entry.Rows;
        StoredBytes += entry.Bytes;
        for (int i = 0; i < _statistics.Length; i++) _statistics[i] = _statistics[i].Merge(statistics[i]);
    }

    /// <summary>Writes the pages, checks that every chunk is there, and moves the head.</summary>
    /// <param name="current">The version that this one replaces, or null.</param>
    public async Task<Dataset> PublishAsync(
        Dataset? current, string? label, ChunkCompression compression, string fingerprint, CancellationToken cancellation)
    {
        await CheckChunksAsync(cancellation).ConfigureAwait(false);
        var dataset = new Dataset
        {
            Name = _dataset,
            Version = (current?.Version ?? 0) + 1,
            Created = DateTimeOffset.UtcNow,
            Columns = [.. _schema.Select((c, i) => new DatasetColumn(c.Name, c.Type, _statistics[i]))],
            Label = label,
            Rows = Rows,
            StoredBytes = StoredBytes,
            Compression = compression,
            Fingerprint = fingerprint,
            Pages = await WritePagesAsync(cancellation).ConfigureAwait(false),
        };
        await new DatasetStore(_connection).PublishAsync(dataset, current?.Version, cancellation).ConfigureAwait(false);
        _published = true;
        return dataset;
    }

    /// <summary>Closes the journal; where nothing was published, deletes what was written.</summary>
    public async ValueTask DisposeAsync()
    {
        // After a lost connection this fails too; the next import sweeps by the journal.
        try
        {
            if (!_published) await ImportJournal.RemoveDataAsync(_connection, _importId).ConfigureAwait(false);
            await ImportJournal.CloseAsync(_connection, _importId).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
        }
        _journalling.Dispose();
    }

    async Task JournalAsync(int index, CancellationToken cancellation)
    {
        await _journalling.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (index < _journalled) return;
            int limit = (index / JournalStep + 1) * JournalStep;
            await ImportJournal.ExtendAsync(_connection, _importId, limit, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _journalled, limit);
        }
        finally
        {
            _journalling.Release();
        }
    }

    /// <summary>A server that restarted or evicted in between has lost chunks that it acknowledged.</summary>
    async Task CheckChunksAsync(CancellationToken cancellation)
    {
        foreach (var part in _entries.Chunk(PageLength))
        {
            var lengths = await Task.WhenAll(part.Select(e => _database.StringLengthAsync(e.Key))).WaitAsync(cancellation).ConfigureAwait(false);
            for (int i = 0; i < part.Length; i++)
                if (lengths[i] != part[i].Bytes)
                    throw new RedisMLException("ChunkLost", ErrorKind.InvalidData,
                        $"The server no longer has '{part[i].Key}', which it had acknowledged: it restarted without persistence, or evicts keys (see its maxmemory-policy). Nothing was published.", part[i].Key);
        }
    }

    async Task<IReadOnlyList<PageReference>> WritePagesAsync(CancellationToken cancellation)
    {
        var pages = new List<PageReference>();
        foreach (var part in _entries.Chunk(PageLength))
        {
            var key = _keys.Page(_dataset, _importId, pages.Count);
            await _database.StringSetAsync(key, Dataset.PageToJson(part)).WaitAsync(cancellation).ConfigureAwait(false);
            pages.Add(new(key!, part.Length, part.Sum(e => (long)e.Rows), part.Sum(e => (long)e.Bytes)));
        }
        return pages;
    }
}
