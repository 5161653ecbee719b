using System.Security.Cryptography;
using RedisML.Connections;
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
    static readonly TimeSpan s_stalled = TimeSpan.FromHours(1), s_forgotten = TimeSpan.FromDays(1);

    /// <summary>Changes a journal if it is still the caller's.</summary>
    const string IfOwnerScript = """
        -- KEYS journal | ARGV owner state ('' = give it up)
        if redis.call('HEXISTS', KEYS[1], 'dataset') == 0 then return 2 end
        if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
        if ARGV[2] == '' then redis.call('HDEL', KEYS[1], 'owner', 'state')
        else redis.call('HSET', KEYS[1], 'state', ARGV[2]) end
        return 1
        """;

    /// <summary>Makes the caller the owner, unless the import is just being published or removed.</summary>
    const string TakeScript = """
        -- KEYS journal | ARGV owner stalled-before
        local fields = redis.call('HMGET', KEYS[1], 'dataset', 'state', 'beat')
        if not fields[1] then return 0 end
        if fields[2] and tonumber(fields[3] or '0') > tonumber(ARGV[2]) then return 0 end
        redis.call('HSET', KEYS[1], 'owner', ARGV[1])
        redis.call('HDEL', KEYS[1], 'state')
        return 1
        """;

    readonly RedisMLConnection _connection;
    readonly string _owner = NewId();

    ImportJournal(RedisMLConnection connection, string importId, string dataset) => (_connection, ImportId, Dataset) = (connection, importId, dataset);

    public string ImportId { get; }

    public string Dataset { get; }

    IDatabase Database => _connection.Database;

    RedisKey Key => _connection.Keys.Journal(ImportId);

    /// <summary>Starts a journal; before, sweeps those of dead imports, and of imports of this dataset that broke off.</summary>
    public static async Task<ImportJournal> OpenAsync(RedisMLConnection connection, string dataset, CancellationToken cancellation)
    {
        await SweepAsync(connection, dataset, cancellation).ConfigureAwait(false);
        var journal = new ImportJournal(connection, NewId(), dataset);
        await connection.Database.HashSetAsync(journal.Key, [new("dataset", dataset), new("chunks", 0), new("beat", Now()), new("owner", journal._owner)])
            .WaitAsync(cancellation).ConfigureAwait(false);
        await connection.Database.SetAddAsync(connection.Keys.Imports, journal.ImportId).WaitAsync(cancellation).ConfigureAwait(false);
        return journal;
    }

    /// <summary>Takes over an import into <paramref name="dataset"/> that left a checkpoint; null where there is none.</summary>
    public static async Task<(ImportJournal Journal, string Checkpoint)?> ResumeAsync(
        RedisMLConnection connection, string dataset, CancellationToken cancellation)
    {
        foreach (string? importId in await connection.Database.SetMembersAsync(connection.Keys.Imports).WaitAsync(cancellation).ConfigureAwait(false))
        {
            var journal = new ImportJournal(connection, importId!, dataset);
            var fields = await connection.Database.HashGetAsync(journal.Key, ["dataset", "checkpoint"]).WaitAsync(cancellation).ConfigureAwait(false);
            if (fields[0] != dataset || fields[1].IsNull || await journal.IsPublishedAsync().WaitAsync(cancellation).ConfigureAwait(false)) continue;
            if (await journal.TryTakeAsync().WaitAsync(cancellation).ConfigureAwait(false)) return (journal, fields[1]!);
        }
        return null;
    }

    /// <summary>Notes that chunks below <paramref name="limit"/> may exist from now on.</summary>
    public Task ExtendAsync(int limit, CancellationToken cancellation) => NoteAsync("chunks", limit, cancellation);

    /// <summary>Notes where the import could go on.</summary>
    public Task CheckpointAsync(string checkpoint, CancellationToken cancellation) => NoteAsync("checkpoint", checkpoint, cancellation);

    /// <summary>Announces that the import will now be published or removed, and tells whose it is.</summary>
    public async Task<JournalState> AnnounceAsync(string what) =>
        (JournalState)(int)await Database.ScriptEvaluateAsync(IfOwnerScript, [Key], [_owner, what]).ConfigureAwait(false);

    /// <summary>Leaves the import to whoever resumes it. (This only deletes fields: that works on a full server too.)</summary>
    public Task GiveUpAsync() => Database.ScriptEvaluateAsync(IfOwnerScript, [Key], [_owner, ""]);

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
        int chunks = Math.Max(atLeast, (int)await Database.HashGetAsync(Key, "chunks").ConfigureAwait(false));
        for (int first = 0; first <= chunks; first += RemovalBatch)
        {
            var batch = Enumerable.Range(first, Math.Min(RemovalBatch, chunks - first)).Select(i => keys.Chunk(Dataset, ImportId, i))
                .Append(keys.Page(Dataset, ImportId, first / RemovalBatch)).Append(keys.Page(Dataset, ImportId, first / RemovalBatch + 1));
            await Task.WhenAll(batch.Select(k => Database.KeyDeleteAsync(k))).ConfigureAwait(false);
        }
    }

    static async Task SweepAsync(RedisMLConnection connection, string dataset, CancellationToken cancellation)
    {
        foreach (string? importId in await connection.Database.SetMembersAsync(connection.Keys.Imports).WaitAsync(cancellation).ConfigureAwait(false))
        {
            var fields = await connection.Database.HashGetAsync(connection.Keys.Journal(importId!), ["dataset", "beat", "owner", "checkpoint"])
                .WaitAsync(cancellation).ConfigureAwait(false);
            if (fields[0].IsNull)
            {
                await connection.Database.SetRemoveAsync(connection.Keys.Imports, importId).WaitAsync(cancellation).ConfigureAwait(false);
                continue;
            }
            var age = TimeSpan.FromSeconds(Now() - (long)fields[1]);
            bool brokeOffHere = fields[2].IsNull && fields[0] == dataset;
            if (!brokeOffHere && age < (fields[3].IsNull ? s_stalled : s_forgotten)) continue;
            var journal = new ImportJournal(connection, importId!, fields[0]!);
            if (!await journal.TryTakeAsync().WaitAsync(cancellation).ConfigureAwait(false)) continue;
            await journal.RemoveDataAsync().ConfigureAwait(false);
            await journal.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Whether a version of the dataset has this import's chunks: then only the end of its journal is missing.</summary>
    async Task<bool> IsPublishedAsync()
    {
        var versions = await new DatasetStore(_connection).VersionsAsync(Dataset, CancellationToken.None).ConfigureAwait(false);
        return versions.Any(v => v.Sources.Any(s => s.Import == ImportId));
    }

    async Task<bool> TryTakeAsync() =>
        (bool)await Database.ScriptEvaluateAsync(TakeScript, [Key], [_owner, Now() - (long)s_stalled.TotalSeconds]).ConfigureAwait(false);

    Task NoteAsync(string field, RedisValue value, CancellationToken cancellation) => Database.PatientlyAsync(async d =>
    {
        await d.HashSetAsync(Key, [new(field, value), new("beat", Now())]).ConfigureAwait(false);
        return true;
    }, cancellation);

    static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
