using System.Security.Cryptography;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Datasets.Rows;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>Whose an import is.</summary>
enum JournalState
{
    /// <summary>Another process took it over.</summary>
    Others,
    Own,

    /// <summary>Nobody's: the server has lost the journal.</summary>
    Lost,
}

/// <summary>Says which chunks of an import may exist, from before they are written until it is over, and where it could go on.</summary>
/// <remarks>
/// No chunk has a time to live, since under a <c>volatile-*</c> eviction policy acknowledged chunks would vanish. What a killed process
/// leaves behind is found by its journal instead. Whoever works on an import owns its journal; a process that takes an import over
/// becomes the owner, and the one before can neither publish it nor remove its data any more. An import that broke off has no owner.
/// </remarks>
sealed class ImportJournal
{
    const int RemovalBatch = 1000;

    /// <summary>More chunks than this are looked for before a journal's word is taken that there may be so many.</summary>
    const int BelievedChunks = 1_000_000;
    static readonly TimeSpan s_stalled = TimeSpan.FromHours(1), s_forgotten = TimeSpan.FromDays(1);

    /// <summary>Sets a field of a journal if it is still the caller's. A late command of a former owner changes nothing.</summary>
    const string NoteScript = """
        -- KEYS journal | ARGV owner field ('' = give it up) value beat
        if redis.call('HEXISTS', KEYS[1], 'dataset') == 0 then return 2 end
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
        if ARGV[2] == '' then redis.call('HDEL', KEYS[1], 'owner', 'state')
        else redis.call('HSET', KEYS[1], ARGV[2], ARGV[3], 'beat', ARGV[4]) end
        return 1
        """;

    /// <summary>Makes the caller the owner, unless the import is just being published or removed.</summary>
    const string TakeScript = """
        -- KEYS journal | ARGV owner stalled-before
        local fields = redis.call('HMGET', KEYS[1], 'dataset', 'state', 'beat')
        if not fields[1] then return 0 end
        if fields[2] and (tonumber(fields[3]) or 0) > tonumber(ARGV[2]) then return 0 end
        redis.call('HSET', KEYS[1], 'owner', ARGV[1])
        redis.call('HDEL', KEYS[1], 'state')
        return 1
        """;

    readonly RedisMLConnection _connection;
    readonly string _owner;

    ImportJournal(RedisMLConnection connection, string importId, string dataset, string? owner = null) =>
        (_connection, ImportId, Dataset, _owner) = (connection, importId, dataset, owner ?? NewId());

    public string ImportId { get; }

    public string Dataset { get; }

    IDatabase Database => _connection.Database;

    RedisKey Key => _connection.Keys.Journal(ImportId);

    /// <summary>Starts a journal; before, sweeps those of dead imports, and of imports of this dataset that broke off.</summary>
    public static async Task<ImportJournal> OpenAsync(RedisMLConnection connection, string dataset, CancellationToken cancellation)
    {
        await SweepAsync(connection, dataset, cancellation).ConfigureAwait(false);
        var journal = new ImportJournal(connection, NewId(), dataset);
        long now = await connection.Clock.SecondsAsync(cancellation).ConfigureAwait(false);
        HashEntry[] fields = [new("dataset", dataset), new("chunks", 0), new("beat", now), new("owner", journal._owner)];
        await connection.Database.PatientlyAsync(d => d.HashSetAsync(journal.Key, fields), cancellation).ConfigureAwait(false);
        await connection.Database.PatientlyAsync(d => d.SetAddAsync(connection.Keys.Imports, journal.ImportId), cancellation)
            .ConfigureAwait(false);
        return journal;
    }

    /// <summary>Starts a journal for the nodes of a run: they own it together, so that each may write and publish.</summary>
    /// <param name="run">Named in the journal: what a run left may be gone on with for a day.</param>
    /// <param name="chunks">All chunks that there will be.</param>
    /// <returns>What <see cref="Join"/> needs.</returns>
    public static async Task<(string ImportId, string Owner)> OpenSharedAsync(
        RedisMLConnection connection, string dataset, string run, int chunks, CancellationToken cancellation)
    {
        var journal = await OpenAsync(connection, dataset, cancellation).ConfigureAwait(false);
        await journal.DemandAsync("run", run, cancellation).ConfigureAwait(false);
        await journal.ExtendAsync(chunks, cancellation).ConfigureAwait(false);
        return (journal.ImportId, journal._owner);
    }

    /// <summary>The journal of a run, for one of its nodes.</summary>
    public static ImportJournal Join(RedisMLConnection connection, string importId, string dataset, string owner) =>
        new(connection, importId, dataset, owner);

    /// <summary>Takes over an import into <paramref name="dataset"/> that left a checkpoint; null where there is none.</summary>
    public static async Task<(ImportJournal Journal, string Checkpoint)?> ResumeAsync(
        RedisMLConnection connection, string dataset, CancellationToken cancellation)
    {
        foreach (string? importId in await connection.Database.PatientlyAsync(d => d.SetMembersAsync(connection.Keys.Imports), cancellation)
            .ConfigureAwait(false))
        {
            if (!KeySpace.IsValidName(importId!)) continue;
            var journal = new ImportJournal(connection, importId!, dataset);
            var fields = await connection.Database.PatientlyAsync(d => d.HashGetAsync(journal.Key, ["dataset", "checkpoint"]), cancellation)
                .ConfigureAwait(false);
            if (fields[0] != dataset || fields[1].IsNull || await journal.IsPublishedAsync().WaitAsync(cancellation).ConfigureAwait(false))
                continue;
            string checkpoint = journal.OpenCheckpoint(fields[1])!;
            if (await connection.Database.PatientlyAsync(_ => journal.TryTakeAsync(), cancellation).ConfigureAwait(false))
                return (journal, checkpoint);
        }
        return null;
    }

    /// <summary>Notes that chunks below <paramref name="limit"/> may exist from now on.</summary>
    public Task ExtendAsync(int limit, CancellationToken cancellation) => DemandAsync("chunks", limit, cancellation);

    /// <summary>Notes where rows will lie one by one, and how many of them were there before.</summary>
    public async Task PlaceRowsAsync(RowPlacement placement, long rowsBefore, CancellationToken cancellation)
    {
        await DemandAsync("rowsBefore", rowsBefore, cancellation).ConfigureAwait(false);
        await DemandAsync("placement", JsonSerializer.Serialize(placement, Datasets.Dataset.Json), cancellation).ConfigureAwait(false);
    }

    /// <summary>Where rows lie one by one; null for chunks.</summary>
    public async Task<RowPlacement?> PlacementAsync(CancellationToken cancellation) =>
        (string?)await Database.PatientlyAsync(d => d.HashGetAsync(Key, "placement"), cancellation).ConfigureAwait(false) is { } json
            ? StoredRecord.Placement(_connection.Keys, Dataset, Key!, json) : null;

    /// <summary>Notes that rows below <paramref name="limit"/> may exist from now on.</summary>
    public Task ExtendRowsAsync(long limit, CancellationToken cancellation) => DemandAsync("rows", limit, cancellation);

    /// <summary>Notes where the import could go on.</summary>
    public Task CheckpointAsync(string checkpoint, CancellationToken cancellation) => DemandAsync(
        "checkpoint", _connection.Seals.Dataset(Dataset).Close(Key, checkpoint, "checkpoint"), cancellation);

    /// <summary>What <see cref="CheckpointAsync"/> noted last; null where it noted nothing, or the server has lost it.</summary>
    public async Task<string?> ReadCheckpointAsync(CancellationToken cancellation) =>
        OpenCheckpoint(await Database.PatientlyAsync(d => d.HashGetAsync(Key, "checkpoint"), cancellation).ConfigureAwait(false));

    /// <summary>Announces that the import will now be published or removed, and tells whose it is.</summary>
    public Task<JournalState> AnnounceAsync(string what) => NoteAsync("state", what);

    /// <summary>Leaves the import to whoever resumes it. (This only deletes fields: that works on a full server too.)</summary>
    public Task GiveUpAsync() => NoteAsync("", "");

    /// <exception cref="RedisMLException"><c>ImportTakenOver</c>, <c>ChunkLost</c>: the import isn't this process's any more.</exception>
    public void Demand(JournalState state)
    {
        if (state == JournalState.Lost) throw Lost(Key!);
        if (state == JournalState.Others)
            throw new RedisMLException("ImportTakenOver", ErrorKind.ResourceBusy,
                $"Another process resumed this import into '{Dataset}'; nothing was published here.", Dataset);
    }

    /// <summary>The error for a key that the server no longer has, though it had acknowledged it.</summary>
    public static RedisMLException Lost(string key) => new("ChunkLost", ErrorKind.InvalidData,
        $"The server no longer has '{key}', which it had acknowledged: it restarted without persistence, a replica without it took over, " +
        "or it evicts keys (see its maxmemory-policy). Nothing was published.", key);

    /// <summary>Removes the journal: the import is over.</summary>
    public async Task CloseAsync()
    {
        await Database.KeyDeleteAsync(Key).ConfigureAwait(false);
        await Database.SetRemoveAsync(_connection.Keys.Imports, ImportId).ConfigureAwait(false);
    }

    /// <summary>Deletes the chunks and pages that the import may have written, unless it has been published after all.</summary>
    /// <param name="atLeast">Chunks that there may be even if the journal says less.</param>
    public async Task RemoveDataAsync(int atLeast = 0)
    {
        if (await IsPublishedAsync().ConfigureAwait(false)) return;
        var keys = _connection.Keys;
        if (await PlacementAsync(CancellationToken.None).ConfigureAwait(false) is { } placement)
        {
            var versions = await new DatasetStore(_connection).VersionsAsync(Dataset, CancellationToken.None).ConfigureAwait(false);
            var rows = await Database.HashGetAsync(Key, ["rowsBefore", "rows"]).ConfigureAwait(false);
            // Rows with numbers that a version has too were written over; they can't be brought back, but must not go.
            long first = versions.Where(v => placement.Key is null && v.Placement is { Key: null }).Select(v => v.Rows)
                .Append(Number(rows[0])).Max();
            await RowStore.Create(_connection, Dataset, placement)
                .RemoveAsync(first, Number(rows[1]), [.. versions.Select(v => v.Placement).OfType<RowPlacement>()]).ConfigureAwait(false);
        }
        long chunks = Math.Max(atLeast, Number(await Database.HashGetAsync(Key, "chunks").ConfigureAwait(false)));
        if (chunks > BelievedChunks)
        {
            foreach (var root in new[] { keys.Chunk(Dataset, ImportId, 0), keys.Page(Dataset, ImportId, 0) })
                await foreach (var key in _connection.KeysAsync(((string)root!)[..^1], CancellationToken.None).ConfigureAwait(false))
                    await Database.KeyDeleteAsync(key).ConfigureAwait(false);
            return;
        }
        for (int first = 0; first <= chunks; first += RemovalBatch)
        {
            var batch = Enumerable.Range(first, (int)Math.Min(RemovalBatch, chunks - first)).Select(i => keys.Chunk(Dataset, ImportId, i))
                .Append(keys.Page(Dataset, ImportId, first / RemovalBatch)).Append(keys.Page(Dataset, ImportId, first / RemovalBatch + 1));
            await Task.WhenAll(batch.Select(k => Database.KeyDeleteAsync(k))).ConfigureAwait(false);
        }
    }

    string? OpenCheckpoint(RedisValue value) => _connection.Seals.Dataset(Dataset).Open(Key, value, "checkpoint");

    static async Task SweepAsync(RedisMLConnection connection, string dataset, CancellationToken cancellation)
    {
        foreach (string? importId in await connection.Database.PatientlyAsync(d => d.SetMembersAsync(connection.Keys.Imports), cancellation)
            .ConfigureAwait(false))
        {
            if (!KeySpace.IsValidName(importId!)) continue;
            var fields = await connection.Database.PatientlyAsync(
                d => d.HashGetAsync(connection.Keys.Journal(importId!), ["dataset", "beat", "owner", "checkpoint", "run"]), cancellation)
                    .ConfigureAwait(false);
            if (fields[0].IsNull)
            {
                await connection.Database.PatientlyAsync(d => d.SetRemoveAsync(connection.Keys.Imports, importId), cancellation)
                    .ConfigureAwait(false);
                continue;
            }
            // A record that isn't one of ours is left alone: it names nothing that could be removed.
            if (!KeySpace.IsValidName(fields[0]!) || !fields[1].TryParse(out long beat) || beat is < 0 or > uint.MaxValue) continue;
            long now = await connection.Clock.SecondsAsync(cancellation).ConfigureAwait(false);
            var age = TimeSpan.FromSeconds(now - beat);
            bool brokeOffHere = fields[2].IsNull && fields[0] == dataset;
            if (!brokeOffHere && age < (fields[3].IsNull && fields[4].IsNull ? s_stalled : s_forgotten)) continue;
            var journal = new ImportJournal(connection, importId!, fields[0]!);
            if (!await connection.Database.PatientlyAsync(_ => journal.TryTakeAsync(), cancellation).ConfigureAwait(false)) continue;
            try
            {
                await connection.Database.PatientlyAsync(_ => journal.RemoveDataAsync(), cancellation).ConfigureAwait(false);
                await connection.Database.PatientlyAsync(_ => journal.CloseAsync(), cancellation).ConfigureAwait(false);
            }
            catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData)
            {
                // Nobody knows what it shares with others: it is left alone.
            }
            catch (RedisServerException e) when (fields[0] != dataset && RedisErrors.CodeOf(e.Message) == "NOPERM")
            {
                // Another's dataset, which this user may not touch: somebody who may will sweep it.
            }
        }
    }

    /// <summary>Whether a version of the dataset has this import's chunks: then only the end of its journal is missing.</summary>
    public async Task<bool> IsPublishedAsync()
    {
        var versions = await new DatasetStore(_connection).VersionsAsync(Dataset, CancellationToken.None).ConfigureAwait(false);
        return versions.Any(v => v.Sources.Any(s => s.Import == ImportId));
    }

    async Task<bool> TryTakeAsync()
    {
        long now = await _connection.Clock.SecondsAsync(CancellationToken.None).ConfigureAwait(false);
        return (bool)await Database.ScriptEvaluateAsync(TakeScript, [Key], [_owner, now - (long)s_stalled.TotalSeconds])
            .ConfigureAwait(false);
    }

    async Task DemandAsync(string field, RedisValue value, CancellationToken cancellation) =>
        Demand(await Database.PatientlyAsync(_ => NoteAsync(field, value), cancellation).ConfigureAwait(false));

    async Task<JournalState> NoteAsync(string field, RedisValue value)
    {
        long now = await _connection.Clock.SecondsAsync(CancellationToken.None).ConfigureAwait(false);
        return (JournalState)(int)await Database.ScriptEvaluateAsync(NoteScript, [Key], [_owner, field, value, now]).ConfigureAwait(false);
    }

    /// <summary>A number of a journal; 0 where it is none.</summary>
    static long Number(RedisValue value) => value.TryParse(out long number) && number > 0 ? number : 0;

    static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
