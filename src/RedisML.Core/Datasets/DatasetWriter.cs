using System.Buffers;
using RedisML.Columns;
using RedisML.Columns.Chunks;
using RedisML.Connections;
using RedisML.Datasets.Rows;
using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>What a writer has committed so far: enough for another process to go on from there.</summary>
/// <param name="Pages">Full pages of the new version that this import wrote.</param>
/// <param name="Tail">The entries of chunks behind those pages.</param>
/// <param name="Rows">Rows of this import.</param>
/// <param name="NewKeys">Those of them that have a key and replaced none.</param>
sealed record WriterState(
    IReadOnlyList<PageReference> Pages, IReadOnlyList<ChunkEntry> Tail, long Rows, long Bytes, IReadOnlyList<ColumnStatistics> Statistics,
    long NewKeys = 0);

/// <summary>Writes the chunks of one new version of a dataset, then publishes it; undoes everything unless it got there.</summary>
/// <remarks>
/// <see cref="WriteAsync"/> may run for several chunks at once; <see cref="Commit"/> takes them in order. A journal says, before they
/// are written, which chunks may exist. A version that adds to another shares that one's full pages, and all of its chunks.
/// </remarks>
sealed class DatasetWriter : IAsyncDisposable
{
    internal const int PageLength = 1000;
    const int JournalStep = 64;
    static readonly TimeSpan s_patienceAtEnd = TimeSpan.FromMilliseconds(500);

    readonly RedisMLConnection _connection;
    readonly IDatabase _database;
    readonly ImportJournal _journal;
    readonly IReadOnlyList<ColumnSchema> _schema;
    readonly Dataset? _base;
    readonly RowPlacement? _placement;
    readonly SemaphoreSlim _journalling = new(1);
    readonly List<PageReference> _pages = [];
    readonly List<ChunkEntry> _tail = [];
    ColumnStatistics[] _statistics;
    string? _server;
    long _newKeys;
    int _journalled;
    bool _keep;
    bool _isShared;

    DatasetWriter(RedisMLConnection connection, ImportJournal journal, IReadOnlyList<ColumnSchema> schema, Dataset? appendTo,
        RowPlacement? placement)
    {
        (_connection, _journal, _schema, _base, _placement) = (connection, journal, schema, appendTo, placement);
        _database = connection.Database;
        _statistics = new ColumnStatistics[schema.Count];
    }

    /// <summary>Rows committed by this import.</summary>
    public long Rows { get; private set; }

    /// <summary>What is to be known of the publication; null for nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>Bytes of the chunks committed by this import.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Starts a new version: sweeps what dead imports left behind, and opens a journal.</summary>
    /// <param name="appendTo">The version that the new one adds to; null where it starts empty.</param>
    public static async Task<DatasetWriter> StartAsync(
        RedisMLConnection connection, string dataset, IReadOnlyList<ColumnSchema> schema, CancellationToken cancellation,
        Dataset? appendTo = null, RowPlacement? placement = null)
    {
        if (placement is not null) connection.Seals.DemandOff($"The layout {placement.Layout} of dataset '{dataset}'", dataset);
        var journal = await ImportJournal.OpenAsync(connection, dataset, cancellation).ConfigureAwait(false);
        // Rows have a place of their own, but for those that are added to others.
        if (placement is not null)
            placement = appendTo?.Placement ?? placement with { Index = connection.Keys.Rows(dataset, journal.ImportId)! };
        var writer = new DatasetWriter(connection, journal, schema, appendTo, placement);
        if (placement is not null)
            writer._server = await ServerIdentity.ReadAsync(connection).WaitAsync(cancellation).ConfigureAwait(false);
        if (placement is not null)
            await RowStore.Create(connection, dataset, placement).CheckSupportAsync().WaitAsync(cancellation).ConfigureAwait(false);
        if (placement is not null) await journal.PlaceRowsAsync(placement, appendTo?.Rows ?? 0, cancellation).ConfigureAwait(false);
        if (appendTo?.Pages is [.., { Chunks: < PageLength } last])
            writer._tail.AddRange(await new DatasetStore(connection).PageAsync(appendTo, last, cancellation).ConfigureAwait(false));
        return writer;
    }

    /// <summary>A writer of one of the nodes of a run, which write chunks of one import. Nothing is removed when it is disposed:
    /// the run may be gone on with.</summary>
    /// <param name="chunks">All chunks that there will be, as the journal says already.</param>
    public static DatasetWriter Join(
        RedisMLConnection connection, ImportJournal journal, IReadOnlyList<ColumnSchema> schema, int chunks) =>
        new(connection, journal, schema, null, null) { _journalled = chunks, _isShared = true };

    /// <summary>The last checkpoint, as the server has it; null where it has none.</summary>
    public Task<string?> CheckpointFoundAsync(CancellationToken cancellation) => _journal.ReadCheckpointAsync(cancellation);

    /// <summary>The journal of this import.</summary>
    public ImportJournal Journal => _journal;

    /// <summary>Whether the server still has all that a checkpoint of this import speaks of.</summary>
    public async Task<bool> IsWholeAsync(WriterState state, CancellationToken cancellation) =>
        await FindLostAsync(state.Pages, state.Tail, cancellation).ConfigureAwait(false) is null;

    /// <summary>Goes on where another writer was; null where the server has lost what that one wrote.</summary>
    public static async Task<DatasetWriter?> ResumeAsync(
        RedisMLConnection connection, ImportJournal journal, IReadOnlyList<ColumnSchema> schema, Dataset? appendTo, WriterState state,
        CancellationToken cancellation)
    {
        state = StoredRecord.State(connection.Keys, journal.Dataset, journal.ImportId, appendTo, schema.Count, state);
        var placement = await journal.PlacementAsync(cancellation).ConfigureAwait(false);
        var writer = new DatasetWriter(connection, journal, schema, appendTo, placement)
        {
            Rows = state.Rows,
            StoredBytes = state.Bytes,
            _statistics = [.. state.Statistics],
            _newKeys = state.NewKeys,
        };
        writer._pages.AddRange(state.Pages);
        writer._tail.AddRange(state.Tail);
        return await writer.FindLostAsync(cancellation).ConfigureAwait(false) is null ? writer : null;
    }

    public WriterState State => new([.. _pages], [.. _tail], Rows, StoredBytes, [.. _statistics], _newKeys);

    /// <summary>Whether rows are stored one by one, by <see cref="CommitRowsAsync"/>, and no chunks.</summary>
    public bool StoresRows => _placement is not null;

    /// <summary>Stores the rows of an uncompressed chunk one by one, and adds them to the version.
    /// Called in the order of the chunks.</summary>
    /// <remarks>Where that fails it can be tried again: the chunk is disposed only once its rows are stored.</remarks>
    public async Task CommitRowsAsync(EncodedChunk chunk, CancellationToken cancellation)
    {
        _connection.DemandRoom();
        long first = (_base?.Rows ?? 0) + Rows;
        await _journal.ExtendRowsAsync(first + chunk.Rows, cancellation).ConfigureAwait(false);
        var rows = RowStore.Create(_connection, _journal.Dataset, _placement!);
        await rows.WriteAsync(ChunkCodec.Decode(chunk.Data.WrittenMemory), _schema, first, cancellation).ConfigureAwait(false);
        _newKeys += rows.NewKeys;
        // Only now: a commit that failed may be tried once more.
        chunk.Dispose();
        Rows += chunk.Rows;
        for (int i = 0; i < _statistics.Length; i++) _statistics[i] = _statistics[i].Merge(chunk.Statistics[i]);
    }

    /// <summary>Stores a chunk under its index, and gives its memory back once the reply is there.</summary>
    /// <remarks>
    /// Where the wait is cut short the command may still read the memory, so that it is left to the garbage collector. A late reply
    /// is no failure: the same bytes go to the same key again.
    /// </remarks>
    public async Task<ChunkEntry> WriteAsync(int index, EncodedChunk chunk, CancellationToken cancellation)
    {
        _connection.DemandRoom();
        if (index >= Volatile.Read(ref _journalled)) await JournalAsync(index, cancellation).ConfigureAwait(false);
        var key = _connection.Keys.Chunk(_journal.Dataset, _journal.ImportId, index);
        ReadOnlyMemory<byte> data = chunk.Data.WrittenMemory;
        byte[]? rented = null;
        if (Seal.IsOn)
        {
            int length = data.Length + Sealing.Seal.Overhead;
            rented = ArrayPool<byte>.Shared.Rent(length);
            Seal.Encrypt(key, data.Span, rented.AsSpan(..length));
            data = rented.AsMemory(..length);
        }
        int tries = 0;
        await _database.PatientlyAsync(d =>
        {
            tries++;
            return d.StringSetAsync(key, data);
        }, cancellation).ConfigureAwait(false);
        if (tries == 1)
        {
            chunk.Dispose();
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
        return new(key!, chunk.Rows, data.Length, chunk.Checksum);
    }

    /// <summary>Adds a written chunk to the version. Called in the order of the chunks.</summary>
    public void Commit(ChunkEntry entry, IReadOnlyList<ColumnStatistics> statistics)
    {
        _tail.Add(entry);
        Rows += entry.Rows;
        StoredBytes += entry.Bytes;
        for (int i = 0; i < _statistics.Length; i++) _statistics[i] = _statistics[i].Merge(statistics[i]);
    }

    /// <summary>Writes the pages that are full, and notes in the journal where the import could go on.</summary>
    public async Task CheckpointAsync(Func<WriterState, string> describe, CancellationToken cancellation)
    {
        while (_tail.Count >= PageLength) await WritePageAsync(cancellation).ConfigureAwait(false);
        await _journal.CheckpointAsync(describe(State), cancellation).ConfigureAwait(false);
    }

    /// <summary>From now on what is written stays when the writer is disposed, for another process to go on.</summary>
    public void KeepForResume() => _keep = true;

    /// <summary>Writes the pages, checks that every chunk is there, and moves the head.</summary>
    /// <param name="current">The version that this one replaces, or null.</param>
    /// <param name="keepVersions">How many versions to keep from now on; null for what was said before.</param>
    /// <param name="replicas">How many replicas are to have it; <see cref="Warning"/> says where they don't.</param>
    /// <exception cref="RedisMLException"><c>ChunkLost</c>, <c>ImportTakenOver</c>, and those of
    /// <see cref="DatasetStore.PublishAsync"/>.</exception>
    public async Task<Dataset> PublishAsync(
        Dataset? current, string? label, ChunkCompression compression, string fingerprint, CancellationToken cancellation,
        int? keepVersions = null,
        ReplicaDemand? replicas = null)
    {
        // A server that restarted or evicted in between has lost chunks that it acknowledged.
        if (await FindLostAsync(cancellation).ConfigureAwait(false) is { } lost) throw ImportJournal.Lost(lost);
        var rows = _placement is null ? null : RowStore.Create(_connection, _journal.Dataset, _placement);
        long written = (_base?.Rows ?? 0) + Rows;
        long count = rows is null ? written
            : await _database.PatientlyAsync(_ => rows.CountAsync(written), cancellation).ConfigureAwait(false);
        if (rows is not null && await FindLostRowAsync(rows, count, cancellation).ConfigureAwait(false) is { } lostRow)
            throw ImportJournal.Lost(lostRow);
        while (_tail.Count > 0) await WritePageAsync(cancellation).ConfigureAwait(false);
        _journal.Demand(await _database.PatientlyAsync(_ => _journal.AnnounceAsync("publishing"), cancellation).ConfigureAwait(false));
        var dataset = new Dataset
        {
            Name = _journal.Dataset,
            Version = (current?.Version ?? 0) + 1,
            Created = await _connection.Clock.NowAsync(cancellation).ConfigureAwait(false),
            Columns = MergedColumns(),
            Label = label,
            Rows = count,
            StoredBytes = rows is null ? (_base?.StoredBytes ?? 0) + StoredBytes
                : await _database.PatientlyAsync(_ => rows.EstimateBytesAsync(count), cancellation).ConfigureAwait(false),
            Layout = _placement?.Layout ?? DatasetLayout.Columnar,
            Placement = _placement,
            Compression = compression,
            Fingerprint = fingerprint,
            Sources = [.. _base?.Sources ?? [], new(fingerprint, _journal.ImportId, Rows)],
            KeepVersions = rows is null ? keepVersions ?? current?.KeepVersions : 1,
            Pages = [.. SharedPages, .. _pages],
        };
        string what = $"version {dataset.Version} of dataset '{dataset.Name}'";
        if (replicas is not null)
            Warning = await replicas.DemandAsync(_connection, what, isPublished: false, cancellation).ConfigureAwait(false);
        await new DatasetStore(_connection).PublishAsync(dataset, current?.Version, cancellation).ConfigureAwait(false);
        _keep = true;
        // Who has been told already that they lack it need not wait for the head too.
        if (replicas is not null && Warning is null)
            Warning = await replicas.DemandAsync(_connection, what, isPublished: true, cancellation).ConfigureAwait(false);
        await _database.PatientlyAsync(_ => _journal.CloseAsync(), cancellation).ConfigureAwait(false);
        return dataset;
    }

    /// <summary>Where nothing was published, deletes what was written, unless it is kept for a resume.</summary>
    public async ValueTask DisposeAsync()
    {
        // A server that is away isn't waited for, as after Ctrl+C; then the next import sweeps by the journal.
        try
        {
            if (_isShared)
            {
                // The other nodes still own the journal.
            }
            else if (_keep)
            {
                await _journal.GiveUpAsync().WaitAsync(s_patienceAtEnd).ConfigureAwait(false);
            }
            else if (await _journal.AnnounceAsync("removing").WaitAsync(s_patienceAtEnd).ConfigureAwait(false) != JournalState.Others)
            {
                await _journal.RemoveDataAsync(_journalled).ConfigureAwait(false);
                await _journal.CloseAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
        }
        _journalling.Dispose();
    }

    Seal Seal => _connection.Seals.Dataset(_journal.Dataset);

    /// <summary>All pages of the version before but a last one that isn't full: its entries go into a new one.</summary>
    IEnumerable<PageReference> SharedPages => _base?.Pages.Where((p, i) => i < _base.Pages.Count - 1 || p.Chunks == PageLength) ?? [];

    async Task JournalAsync(int index, CancellationToken cancellation)
    {
        await _journalling.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (index < _journalled) return;
            int limit = (index / JournalStep + 1) * JournalStep;
            await _journal.ExtendAsync(limit, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _journalled, limit);
        }
        finally
        {
            _journalling.Release();
        }
    }

    /// <summary>The first key of this import that isn't there as it was written; null where all are.</summary>
    Task<string?> FindLostAsync(CancellationToken cancellation) => FindLostAsync(_pages, _tail, cancellation);

    async Task<string?> FindLostAsync(IReadOnlyList<PageReference> pages, IReadOnlyList<ChunkEntry> tail, CancellationToken cancellation)
    {
        foreach (var page in pages)
        {
            var json = await _database.PatientlyAsync(d => d.StringGetAsync(page.Key), cancellation).ConfigureAwait(false);
            if (json.IsNull) return page.Key;
            var entries = Dataset.PageFromJson(((ReadOnlyMemory<byte>)Seal.Open(page.Key, json)).Span);
            if (await FindLostAsync(entries).ConfigureAwait(false) is { } lost) return lost;
        }
        foreach (var part in tail.Chunk(PageLength))
            if (await FindLostAsync(part).ConfigureAwait(false) is { } lost) return lost;
        return null;

        async Task<string?> FindLostAsync(IReadOnlyList<ChunkEntry> entries)
        {
            var lengths = await _database.PatientlyAsync(d => Task.WhenAll(entries.Select(e => d.StringLengthAsync(e.Key))), cancellation)
                .ConfigureAwait(false);
            return entries.Where((e, i) => lengths[i] != e.Bytes).FirstOrDefault()?.Key;
        }
    }

    /// <summary>The key of a row that the server has lost. They are looked for only where it may have lost some,
    /// since that takes a while.</summary>
    async Task<string?> FindLostRowAsync(RowStore rows, long count, CancellationToken cancellation)
    {
        long before = _base?.Rows ?? 0;
        if (count < before + _newKeys) return _placement!.Index;
        if (_placement!.TimeToLive is not null) return null;
        if (_server is not null && _server == await ServerIdentity.ReadAsync(_connection).WaitAsync(cancellation).ConfigureAwait(false))
            return null;
        return await _database.PatientlyAsync(_ => rows.FindLostAsync(before, count), cancellation).ConfigureAwait(false);
    }

    async Task WritePageAsync(CancellationToken cancellation)
    {
        var entries = _tail.Take(PageLength).ToArray();
        var key = _connection.Keys.Page(_journal.Dataset, _journal.ImportId, _pages.Count);
        var page = Seal.Close(key, Dataset.PageToJson(entries));
        await _database.PatientlyAsync(d => d.StringSetAsync(key, page), cancellation).ConfigureAwait(false);
        _pages.Add(new(key!, entries.Length, entries.Sum(e => (long)e.Rows), entries.Sum(e => (long)e.Bytes)));
        _tail.RemoveRange(0, entries.Length);
    }

    /// <summary>The columns of the version: those of the one it adds to, then new ones;
    /// a column that one of the two lacks is missing there.</summary>
    IReadOnlyList<DatasetColumn> MergedColumns()
    {
        var own = _schema.Select((c, i) => new DatasetColumn(c.Name, c.Type, _statistics[i])).ToList();
        if (_base is null) return own;
        ColumnStatistics none = new(0, Rows, 0, 0, null, null), noneBefore = new(0, _base.Rows, 0, 0, null, null);
        var merged =
            _base.Columns.Select(c => c with { Statistics = c.Statistics.Merge(own.Find(o => o.Name == c.Name)?.Statistics ?? none) });
        var added = own.Where(o => _base.Columns.All(c => c.Name != o.Name))
            .Select(o => o with { Statistics = noneBefore.Merge(o.Statistics) });
        return [.. merged, .. added];
    }
}
