using RedisML.Connections;
using RedisML.Datasets.Rows;
using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>The datasets of a connection: finds, lists, publishes and removes them.</summary>
public sealed class DatasetStore(RedisMLConnection connection)
{
    internal const string VersionField = "version:";
    internal const string PinField = "pin:";

    /// <summary>How many versions a head keeps unless told: the current one,
    /// and the one before it for those who are still reading.</summary>
    const int DefaultKeptVersions = 2;

    /// <summary>A version goes no sooner than this after its successor came: whoever found it may not have read it yet.</summary>
    internal TimeSpan GracePeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Moves the head to a new version if it is still where the publisher saw it.</summary>
    const string PublishScript = """
        -- KEYS head | ARGV expected-version new-version manifest
        local version = redis.call('HGET', KEYS[1], 'version') or ''
        if version == ARGV[2] and redis.call('HGET', KEYS[1], 'version:' .. version) == ARGV[3] then return {'OK'} end
        if version ~= ARGV[1] then return {'CONFLICT', version} end
        redis.call('HSET', KEYS[1], 'format', '1', 'version', ARGV[2], 'version:' .. ARGV[2], ARGV[3])
        return {'OK'}
        """;

    const string FormatVersion = "1";

    readonly IDatabase _database = connection.Database;
    readonly KeySpace _keys = connection.Keys;

    /// <summary>The current version of a dataset, or null where there is none.</summary>
    public async Task<Dataset?> FindAsync(string name, CancellationToken cancellation = default)
    {
        var head = await _database.PatientlyAsync(d => d.HashGetAsync(_keys.Dataset(name), ["format", "version"]), cancellation)
            .ConfigureAwait(false);
        if (head[1].IsNull) return null;
        CheckFormat(name, head[0]);
        if (!head[1].TryParse(out long version))
            throw StoredRecord.Corrupt("The head", name, _keys.Dataset(name)!, $"its version is '{head[1]}'");
        return await FindVersionAsync(name, version, cancellation).ConfigureAwait(false);
    }

    /// <summary>A version of a dataset, the current one unless given.</summary>
    /// <exception cref="RedisMLException"><c>DatasetNotFound</c>, naming the nearest; <c>DatasetVersionNotFound</c>.</exception>
    public async Task<Dataset> GetAsync(string name, long? version = null, CancellationToken cancellation = default)
    {
        if (version is null)
            return await FindAsync(name, cancellation).ConfigureAwait(false)
                ?? throw NearestName.NotFound("DatasetNotFound", "dataset", name, await NamesAsync(cancellation).ConfigureAwait(false));
        return await FindVersionAsync(name, version.Value, cancellation).ConfigureAwait(false)
            ?? throw NearestName.VersionNotFound("DatasetVersionNotFound", $"Dataset '{name}'", name, version,
                (await VersionsAsync(name, cancellation).ConfigureAwait(false)).Select(dataset => dataset.Version));
    }

    /// <summary>The names of all datasets, sorted.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation = default)
    {
        var names = await _database.PatientlyAsync(d => d.SetMembersAsync(_keys.Datasets), cancellation).ConfigureAwait(false);
        return [.. names.Select(n => (string)n!).Where(KeySpace.IsValidName).Order(StringComparer.Ordinal)];
    }

    /// <summary>The current versions of all datasets whose names <paramref name="matches"/> accepts, by name.</summary>
    /// <param name="broken">Told of each that can't be read, which hides no others.</param>
    /// <remarks>The index is a hint: a name without a head is passed over.</remarks>
    public async Task<IReadOnlyList<Dataset>> ListAsync(
        Func<string, bool> matches, CancellationToken cancellation = default, Action<RedisMLException>? broken = null)
    {
        var names = await NamesAsync(cancellation).ConfigureAwait(false);
        var found = await Task.WhenAll(names.Where(matches).Select(TryFindAsync)).ConfigureAwait(false);
        return [.. found.OfType<Dataset>()];

        async Task<Dataset?> TryFindAsync(string name)
        {
            try { return await FindAsync(name, cancellation).ConfigureAwait(false); }
            catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData)
            {
                broken?.Invoke(e);
                return null;
            }
        }
    }

    /// <summary>Makes <paramref name="dataset"/> the current version if <paramref name="expected"/> still is it (null:
    /// there is none).</summary>
    /// <remarks>A reader sees the old version or the new one. The old one stays until the next publication.</remarks>
    /// <exception cref="RedisMLException"><c>DatasetChanged</c>: somebody else published in between.</exception>
    internal async Task PublishAsync(Dataset dataset, long? expected, CancellationToken cancellation)
    {
        var head = _keys.Dataset(dataset.Name);
        var manifest = Seal(dataset.Name).Close(head, dataset.ToJson(), $"{VersionField}{dataset.Version}");
        await _database.PatientlyAsync(d => d.SetAddAsync(_keys.Datasets, dataset.Name), cancellation).ConfigureAwait(false);
        // Sent again after a lost reply, the script finds its own manifest there.
        var reply = (RedisResult[])(await _database.PatientlyAsync(
            d => d.ScriptEvaluateAsync(PublishScript, [head], [expected?.ToString() ?? "", dataset.Version, manifest]), cancellation)
                .ConfigureAwait(false))!;
        if ((string)reply[0]! != "OK")
            throw new RedisMLException("DatasetChanged", ErrorKind.ResourceBusy,
                $"Dataset '{dataset.Name}' was changed by somebody else in the meantime (now at version {reply[1]}); nothing was " +
                "published. Run the command again.", dataset.Name);
        await RemoveOldVersionsAsync(dataset, cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes a column the label of a dataset: a new version with the same rows. Where it is the label already,
    /// nothing changes.</summary>
    /// <param name="label">Null for none.</param>
    /// <exception cref="RedisMLException"><c>DatasetNotFound</c>, <c>ColumnNotFound</c>, <c>DatasetChanged</c>.</exception>
    public async Task<Dataset> SetLabelAsync(string name, string? label, CancellationToken cancellation = default)
    {
        var current = await GetAsync(name, null, cancellation).ConfigureAwait(false);
        if (label is not null) current.Column(label);
        if (current.Label == label) return current;
        var created = await connection.Clock.NowAsync(cancellation).ConfigureAwait(false);
        var next = current with { Label = label, Version = current.Version + 1, Created = created };
        await PublishAsync(next, current.Version, cancellation).ConfigureAwait(false);
        return next;
    }

    /// <summary>All versions that are kept, the oldest first.</summary>
    public async Task<IReadOnlyList<Dataset>> VersionsAsync(string name, CancellationToken cancellation = default) =>
        Versions(name, await _database.PatientlyAsync(d => d.HashGetAllAsync(_keys.Dataset(name)), cancellation).ConfigureAwait(false));

    /// <summary>Removes a dataset with all its versions.</summary>
    /// <param name="force">Removes the dataset also where somebody is reading it, who then gets an error.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RedisMLException"><c>DatasetInUse</c></exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation = default, bool force = false)
    {
        var head = _keys.Dataset(name);
        var fields = await _database.PatientlyAsync(d => d.HashGetAllAsync(head), cancellation).ConfigureAwait(false);
        if (!force && DatasetPin.Pinned(fields, await connection.Clock.NowAsync(cancellation).ConfigureAwait(false)).Count > 0)
            throw new RedisMLException("DatasetInUse", ErrorKind.ResourceBusy,
                $"Dataset '{name}' is being read. Wait, or use -Force to remove it all the same.", name);
        var (versions, keys) = await AllDataAsync(name, fields, cancellation).ConfigureAwait(false);
        await _database.PatientlyAsync(d => d.KeyDeleteAsync(head), cancellation).ConfigureAwait(false);
        await _database.PatientlyAsync(d => d.SetRemoveAsync(_keys.Datasets, name), cancellation).ConfigureAwait(false);
        await RemoveRowsAsync(versions, [], cancellation).ConfigureAwait(false);
        await DeleteAsync(keys, cancellation).ConfigureAwait(false);
        return fields.Length > 0;
    }

    /// <summary>The chunk entries of a page.</summary>
    internal async Task<IReadOnlyList<ChunkEntry>> PageAsync(Dataset dataset, PageReference page, CancellationToken cancellation)
    {
        var json = await _database.PatientlyAsync(d => d.StringGetAsync(page.Key), cancellation).ConfigureAwait(false);
        return json.IsNull ? throw DataLost(dataset, page.Key)
            : StoredRecord.Page(_keys, dataset, page, Seal(dataset.Name).Open(page.Key, json));
    }

    /// <summary>The error for a page or chunk that isn't there.</summary>
    internal static RedisMLException DataLost(Dataset dataset, string key) => new("DatasetDataLost", ErrorKind.InvalidData,
        $"Version {dataset.Version} of dataset '{dataset.Name}' lacks '{key}': the dataset was removed or replaced while it was read, or " +
        "the server evicted it. Read it again, or import it again.", key);

    async Task<Dataset?> FindVersionAsync(string name, long version, CancellationToken cancellation)
    {
        var json = await _database.PatientlyAsync(d => d.HashGetAsync(_keys.Dataset(name), $"version:{version}"), cancellation)
            .ConfigureAwait(false);
        return json.IsNull ? null : Manifest(name, version, json);
    }

    /// <summary>Removes versions beyond those to be kept, unless they are pinned or were current a moment ago.</summary>
    async Task RemoveOldVersionsAsync(Dataset current, CancellationToken cancellation)
    {
        var head = _keys.Dataset(current.Name);
        var fields = await _database.PatientlyAsync(d => d.HashGetAllAsync(head), cancellation).ConfigureAwait(false);
        // What is broken isn't removed by the way: nobody knows what it shares with the others.
        if (!TryVersions(current.Name, fields, out var versions)) return;
        var now = await connection.Clock.NowAsync(cancellation).ConfigureAwait(false);
        var pinned = DatasetPin.Pinned(fields, now);
        int surplus = versions.Count - (current.KeepVersions ?? DefaultKeptVersions);
        var (old, kept) = (new List<Dataset>(), new List<Dataset>());
        for (int i = 0; i < versions.Count; i++)
        {
            bool goes = i < surplus && !pinned.Contains(versions[i].Version)
                && (versions[i].Placement is not null || versions[i + 1].Created + GracePeriod < now);
            (goes ? old : kept).Add(versions[i]);
        }
        if (old.Count == 0) return;
        await _database.PatientlyAsync(d =>
            d.HashDeleteAsync(head, [.. old.Select(v => (RedisValue)(VersionField + v.Version))]), cancellation).ConfigureAwait(false);
        var keys = await DataKeysAsync(old, kept, cancellation).ConfigureAwait(false);
        await RemoveRowsAsync(old, kept, cancellation).ConfigureAwait(false);
        await DeleteAsync(keys, cancellation).ConfigureAwait(false);
    }

    /// <exception cref="RedisMLException"><c>DatasetCorrupt</c></exception>
    List<Dataset> Versions(string name, HashEntry[] head) =>
        [.. head.Where(f => ((string)f.Name!).StartsWith(VersionField, StringComparison.Ordinal))
            .Select(f => Manifest(name, long.TryParse(((string)f.Name!)[VersionField.Length..], out long version) ? version : -1, f.Value))
            .OrderBy(v => v.Version)];

    Dataset Manifest(string name, long version, RedisValue value) => StoredRecord.Manifest(
        _keys, name, version, Seal(name).Open(_keys.Dataset(name), value, $"{VersionField}{version}")!);

    Seal Seal(string name) => connection.Seals.Dataset(name);

    bool TryVersions(string name, HashEntry[] head, out List<Dataset> versions)
    {
        try { versions = Versions(name, head); }
        catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData) { versions = []; }
        return versions.Count > 0;
    }

    /// <summary>All versions, and the keys of their pages and chunks. Where a record is broken,
    /// the keys of the dataset are looked for instead.</summary>
    async Task<(IReadOnlyList<Dataset> Versions, IReadOnlyCollection<string> Keys)> AllDataAsync(string name, HashEntry[] head,
        CancellationToken cancellation)
    {
        try
        {
            var versions = Versions(name, head);
            return (versions, await DataKeysAsync(versions, [], cancellation).ConfigureAwait(false));
        }
        catch (RedisMLException e) when (e.Kind == ErrorKind.InvalidData)
        {
            var found = new HashSet<string>();
            await foreach (var key in connection.KeysAsync($"{_keys.Dataset(name)}:", cancellation).ConfigureAwait(false)) found.Add(key);
            return ([], found);
        }
    }

    /// <summary>Removes rows that lie one by one, of versions that are gone, but for those that versions that stay share.</summary>
    async Task RemoveRowsAsync(IReadOnlyList<Dataset> gone, IReadOnlyList<Dataset> kept, CancellationToken cancellation)
    {
        var places = kept.Select(v => v.Placement).OfType<RowPlacement>().ToList();
        foreach (var version in gone.Where(v => v.Placement is not null))
        {
            // Rows with numbers have the same keys in each version: those of one that stays stay.
            long first = version.Placement!.Key is null
                ? kept.Where(v => v.Placement is { Key: null }).Select(v => v.Rows).DefaultIfEmpty().Max() : 0;
            var rows = RowStore.Create(connection, version.Name, version.Placement);
            await _database.PatientlyAsync(_ => rows.RemoveAsync(first, version.Rows, places), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The pages and chunks of versions that are gone, but for those that versions that stay share.</summary>
    async Task<IReadOnlyCollection<string>> DataKeysAsync(IReadOnlyList<Dataset> gone, IReadOnlyList<Dataset> kept,
        CancellationToken cancellation)
    {
        var (gonePages, keptPages) = (Pages(gone), Pages(kept));
        var keys = new HashSet<string>();
        // A page that both have is left alone; one that only the kept have may name chunks of a page that goes.
        foreach (var (key, page) in gonePages.Where(p => !keptPages.ContainsKey(p.Key)))
        {
            keys.Add(key);
            keys.UnionWith(await ChunkKeysAsync(page.Dataset, page.Page, cancellation).ConfigureAwait(false));
        }
        if (keys.Count > 0)
            foreach (var (_, page) in keptPages.Where(p => !gonePages.ContainsKey(p.Key)))
                keys.ExceptWith(await ChunkKeysAsync(page.Dataset, page.Page, cancellation).ConfigureAwait(false));
        return keys;

        static Dictionary<string, (Dataset Dataset, PageReference Page)> Pages(IReadOnlyList<Dataset> versions) =>
            versions.SelectMany(v => v.Pages.Select(p => (Dataset: v, Page: p))).DistinctBy(p => p.Page.Key).ToDictionary(p => p.Page.Key);
    }

    async Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellation)
    {
        foreach (var batch in keys.Chunk(DatasetWriter.PageLength))
            await _database.PatientlyAsync(d => Task.WhenAll(batch.Select(k => d.KeyDeleteAsync(k))), cancellation).ConfigureAwait(false);
    }

    async Task<IEnumerable<string>> ChunkKeysAsync(Dataset dataset, PageReference page, CancellationToken cancellation)
    {
        var json = await _database.PatientlyAsync(d => d.StringGetAsync(page.Key), cancellation).ConfigureAwait(false);
        return json.IsNull ? [] : StoredRecord.Page(_keys, dataset, page, Seal(dataset.Name).Open(page.Key, json)).Select(e => e.Key);
    }

    static void CheckFormat(string name, RedisValue format)
    {
        if (format != FormatVersion)
            throw new RedisMLException("UnsupportedFormat", ErrorKind.InvalidData,
                $"Dataset '{name}' is stored in format {format}; this version of RedisML reads format {FormatVersion}.", name);
    }
}
