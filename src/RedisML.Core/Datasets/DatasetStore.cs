using RedisML.Connections;
using StackExchange.Redis;

namespace RedisML.Datasets;

/// <summary>The datasets of a connection: finds, lists, publishes and removes them.</summary>
public sealed class DatasetStore(RedisMLConnection connection)
{
    /// <summary>How many versions a head keeps: the current one, and the one before it for those who are still reading.</summary>
    const int KeptVersions = 2;

    /// <summary>Moves the head to a new version if it is still where the publisher saw it.</summary>
    const string PublishScript = """
        -- KEYS head | ARGV expected-version new-version manifest oldest-kept
        local version = redis.call('HGET', KEYS[1], 'version') or ''
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
        var head = await _database.HashGetAsync(_keys.Dataset(name), ["format", "version"]).WaitAsync(cancellation).ConfigureAwait(false);
        if (head[1].IsNull) return null;
        CheckFormat(name, head[0]);
        return await FindVersionAsync(name, (long)head[1], cancellation).ConfigureAwait(false);
    }

    /// <summary>A version of a dataset, the current one unless given.</summary>
    /// <exception cref="RedisMLException"><c>DatasetNotFound</c>, naming the nearest; <c>DatasetVersionNotFound</c>.</exception>
    public async Task<Dataset> GetAsync(string name, long? version = null, CancellationToken cancellation = default)
    {
        if (version is null)
            return await FindAsync(name, cancellation).ConfigureAwait(false)
                ?? throw NearestName.NotFound("DatasetNotFound", "dataset", name, await NamesAsync(cancellation).ConfigureAwait(false));
        return await FindVersionAsync(name, version.Value, cancellation).ConfigureAwait(false)
            ?? throw new RedisMLException("DatasetVersionNotFound", ErrorKind.ObjectNotFound, $"Dataset '{name}' has no version {version} (any more).", name);
    }

    /// <summary>The names of all datasets, sorted.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation = default)
    {
        var names = await _database.SetMembersAsync(_keys.Datasets).WaitAsync(cancellation).ConfigureAwait(false);
        return [.. names.Select(n => (string)n!).Order(StringComparer.Ordinal)];
    }

    /// <summary>The current versions of all datasets whose names <paramref name="matches"/> accepts, by name.</summary>
    /// <remarks>The index is a hint: a name without a head is passed over.</remarks>
    public async Task<IReadOnlyList<Dataset>> ListAsync(Func<string, bool> matches, CancellationToken cancellation = default)
    {
        var names = await NamesAsync(cancellation).ConfigureAwait(false);
        var found = await Task.WhenAll(names.Where(matches).Select(n => FindAsync(n, cancellation))).ConfigureAwait(false);
        return [.. found.OfType<Dataset>()];
    }

    /// <summary>Makes <paramref name="dataset"/> the current version if <paramref name="expected"/> still is it (null: there is none).</summary>
    /// <remarks>A reader sees the old version or the new one. The old one stays until the next publication.</remarks>
    /// <exception cref="RedisMLException"><c>DatasetChanged</c>: somebody else published in between.</exception>
    internal async Task PublishAsync(Dataset dataset, long? expected, CancellationToken cancellation)
    {
        var head = _keys.Dataset(dataset.Name);
        await _database.SetAddAsync(_keys.Datasets, dataset.Name).WaitAsync(cancellation).ConfigureAwait(false);
        var reply = (RedisResult[])(await _database.ScriptEvaluateAsync(PublishScript, [head],
            [expected?.ToString() ?? "", dataset.Version, dataset.ToJson()]).WaitAsync(cancellation).ConfigureAwait(false))!;
        if ((string)reply[0]! != "OK")
            throw new RedisMLException("DatasetChanged", ErrorKind.ResourceBusy,
                $"Dataset '{dataset.Name}' was changed by somebody else in the meantime (now at version {reply[1]}); nothing was published. Run the command again.", dataset.Name);
        await RemoveOldVersionsAsync(dataset, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes a dataset with all its versions. Whoever is reading it gets an error.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation = default)
    {
        var head = _keys.Dataset(name);
        var fields = await _database.HashGetAllAsync(head).WaitAsync(cancellation).ConfigureAwait(false);
        await _database.KeyDeleteAsync(head).WaitAsync(cancellation).ConfigureAwait(false);
        await _database.SetRemoveAsync(_keys.Datasets, name).WaitAsync(cancellation).ConfigureAwait(false);
        foreach (var field in fields)
            if (((string)field.Name!).StartsWith("version:", StringComparison.Ordinal))
                await RemoveDataAsync(Dataset.FromJson(field.Value!), cancellation).ConfigureAwait(false);
        return fields.Length > 0;
    }

    /// <summary>The chunk entries of a page.</summary>
    internal async Task<IReadOnlyList<ChunkEntry>> PageAsync(Dataset dataset, PageReference page, CancellationToken cancellation)
    {
        var json = await _database.StringGetAsync(page.Key).WaitAsync(cancellation).ConfigureAwait(false);
        return json.IsNull ? throw DataLost(dataset, page.Key) : Dataset.PageFromJson(((ReadOnlyMemory<byte>)json).Span);
    }

    /// <summary>The error for a page or chunk that isn't there.</summary>
    internal static RedisMLException DataLost(Dataset dataset, string key) => new("DatasetDataLost", ErrorKind.InvalidData,
        $"Version {dataset.Version} of dataset '{dataset.Name}' lacks '{key}': the dataset was removed or replaced while it was read, or the server evicted it. Read it again, or import it again.", key);

    async Task<Dataset?> FindVersionAsync(string name, long version, CancellationToken cancellation)
    {
        var json = await _database.HashGetAsync(_keys.Dataset(name), $"version:{version}").WaitAsync(cancellation).ConfigureAwait(false);
        return json.IsNull ? null : Dataset.FromJson(json!);
    }

    async Task RemoveOldVersionsAsync(Dataset current, CancellationToken cancellation)
    {
        var head = _keys.Dataset(current.Name);
        foreach (var field in await _database.HashKeysAsync(head).WaitAsync(cancellation).ConfigureAwait(false))
        {
            var text = (string)field!;
            if (!text.StartsWith("version:", StringComparison.Ordinal) || long.Parse(text["version:".Length..]) > current.Version - KeptVersions) continue;
            var json = await _database.HashGetAsync(head, field).WaitAsync(cancellation).ConfigureAwait(false);
            await _database.HashDeleteAsync(head, field).WaitAsync(cancellation).ConfigureAwait(false);
            if (!json.IsNull) await RemoveDataAsync(Dataset.FromJson(json!), cancellation).ConfigureAwait(false);
        }
    }

    async Task RemoveDataAsync(Dataset dataset, CancellationToken cancellation)
    {
        foreach (var page in dataset.Pages)
        {
            var json = await _database.StringGetAsync(page.Key).WaitAsync(cancellation).ConfigureAwait(false);
            if (json.IsNull) continue;
            var keys = Dataset.PageFromJson(((ReadOnlyMemory<byte>)json).Span).Select(e => (RedisKey)e.Key).Append(page.Key);
            await Task.WhenAll(keys.Select(k => _database.KeyDeleteAsync(k))).WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    static void CheckFormat(string name, RedisValue format)
    {
        if (format != FormatVersion)
            throw new RedisMLException("UnsupportedFormat", ErrorKind.InvalidData,
                $"Dataset '{name}' is stored in format {format}; this version of RedisML reads format {FormatVersion}.", name);
    }
}
