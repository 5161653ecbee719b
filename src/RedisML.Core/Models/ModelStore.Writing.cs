using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

// A version is written whole under a number of its own, then the head is moved to it by one script on the head alone. A reader sees
// the old version or the new one; of a writer that failed, nothing remains.
public sealed partial class ModelStore
{
    const int MaxAttempts = 20;

    /// <summary>More versions than this are looked for before the head's word is taken that there may be so many.</summary>
    const long BelievedVersions = 100_000;

    /// <summary>
    /// How long a head without versions is kept, for its numbers: issued anew,
    /// they would give a slow writer's or remover's to somebody else.
    /// </summary>
    const int HeadSeconds = 24 * 60 * 60;

    /// <summary>KEYS: head. ARGV: number, the version that must be current, 0 for none, or empty for any older one; time; the run,
    /// or empty.</summary>
    /// <remarks>Numbers up to <c>removed</c> belong to a removal: a version that was then being written isn't to come back.</remarks>
    const string MoveHead = $"""
        local head = redis.call('HMGET', KEYS[1], 'version', 'last', 'removed')
        local number, current = tonumber(ARGV[1]), tonumber(head[1] or '0')
        if number > tonumber(head[2] or '0') or number <= tonumber(head[3] or '0') then return 0 end
        -- First what may not be allowed: what throws has published nothing.
        redis.call('PERSIST', KEYS[1])
        if ARGV[4] ~= '' and redis.call('HSETNX', KEYS[1], 'run:' .. ARGV[4], ARGV[1]) == 0 then return 0 end
        if ARGV[2] == '' then
          if current > number then return 1 end
        elseif current ~= tonumber(ARGV[2]) then return 0 end
        redis.call('HSET', KEYS[1], 'format', '{ModelField.FormatVersion}', 'version', ARGV[1])
        redis.call('HSETNX', KEYS[1], 'created', ARGV[3])
        return 1
        """;

    /// <summary>KEYS: head. ARGV: seconds, 1 where aliases don't matter. Makes the model unseen, and returns the highest number that its
    /// versions may have; ALIASED where an alias names one.</summary>
    const string HideHead = """
        local head = redis.call('HMGET', KEYS[1], 'last', 'aliases')
        local last = head[1]
        if not last then return 0 end
        if not tonumber(last) then last = '0' end
        if ARGV[2] ~= '1' and head[2] and head[2] ~= '' then return 'ALIASED' end
        for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
          if field ~= 'last' and field ~= 'removed' and field ~= 'format' and string.sub(field, 1, 4) ~= 'run:' then
            redis.call('HDEL', KEYS[1], field)
          end
        end
        redis.call('HSET', KEYS[1], 'removed', last)
        redis.call('EXPIRE', KEYS[1], ARGV[1])
        return tonumber(last)
        """;

    /// <summary>KEYS: head. ARGV: seconds.</summary>
    const string ExpireUnusedHead = """
        if redis.call('HEXISTS', KEYS[1], 'version') == 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        """;

    /// <summary>KEYS: version. ARGV: how many fields go, those, then names and values of those that are set.
    /// Returns 0 where the version is gone.
    /// What it was found to be worth doesn't hold any more.</summary>
    const string ChangeVersion = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        local set = tonumber(ARGV[1]) + 2
        for i = 2, set - 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
        for i = set, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
          if string.sub(field, 1, 12) == '@evaluation:' then redis.call('HDEL', KEYS[1], field) end
        end
        return 1
        """;

    /// <summary>Stores what training produced as a new version, which can't be changed, and makes it the current one.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="RedisMLException"><c>InvalidParameterName</c>, <c>ParameterTooLarge</c>, <c>ModelBusy</c>.</exception>
    public Task<Model> PublishAsync(
        string name, ModelDefinition definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters,
        CancellationToken cancellation) =>
        PublishAsync(name, definition, parameters, run: "", cancellation);

    /// <summary>The same, once for the training run that the lineage names:
    /// whoever comes later is given the version that there is.</summary>
    /// <inheritdoc cref="PublishAsync(string, ModelDefinition, IEnumerable{KeyValuePair{string, ParameterValue}}, CancellationToken)"/>
    /// <param name="replicas">How many replicas are to have it first.</param>
    /// <param name="warn">Told where they don't, and it is published all the same.</param>
    internal Task<Model> PublishOnceAsync(
        string name, ModelDefinition definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters,
        CancellationToken cancellation,
        ReplicaDemand? replicas = null, Action<string>? warn = null) =>
        PublishAsync(name, definition, parameters, definition.Lineage.Run, cancellation, replicas, warn);

    /// <summary>Sets and removes parameters, all at once.</summary>
    /// <remarks>
    /// A version set by hand is changed in place. A trained version stays as it is: a copy with the changes, marked as modified and
    /// open to further ones, becomes the current version. A model that doesn't exist is made, unless there is nothing to set.
    /// </remarks>
    /// <returns>The current version, changed.</returns>
    /// <exception cref="RedisMLException">
    /// <c>ModelNotFound</c>, <c>InvalidParameterName</c>, <c>ParameterTooLarge</c>, <c>ModelBusy</c>.
    /// </exception>
    public async Task<Model> ChangeParametersAsync(string name, IEnumerable<KeyValuePair<string, ParameterValue>> set,
        IReadOnlyCollection<string> remove, CancellationToken cancellation)
    {
        var fields = ModelField.Encode(set);
        var removed = remove.Select(n => (RedisValue)n).ToArray();
        long version = await RetryAsync(name, () => TryChangeAsync(name, fields, removed, cancellation)).ConfigureAwait(false);
        return await GetAsync(name, version, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes a model with all its versions and aliases.</summary>
    /// <param name="force">Also where aliases name versions.</param>
    /// <returns>False where there is none.</returns>
    /// <exception cref="RedisMLException"><c>ModelAliased</c>.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation, bool force = false)
    {
        RedisKey head = Keys.Model(name);
        bool found = await Database.PatientlyAsync(d => d.HashExistsAsync(head, ModelField.Version), cancellation).ConfigureAwait(false);
        var reply = await Database.PatientlyAsync(
            d => d.ScriptEvaluateAsync(HideHead, [head], [HeadSeconds, force ? 1 : 0]), cancellation).ConfigureAwait(false);
        if ((string?)reply == "ALIASED")
            throw Aliased($"Model '{name}'", (await HeadAsync(name, cancellation).ConfigureAwait(false))?.Aliases.Keys ?? [], name);
        long last = (long)reply;
        if (last is >= 0 and <= BelievedVersions)
        {
            for (long version = 1; version <= last; version++)
                await Database.PatientlyAsync(d => d.KeyDeleteAsync(Keys.ModelVersion(name, version)), cancellation).ConfigureAwait(false);
        }
        else
        {
            await foreach (var key in connection.KeysAsync($"{head}:version:", cancellation).ConfigureAwait(false))
                await Database.PatientlyAsync(d => d.KeyDeleteAsync(key), cancellation).ConfigureAwait(false);
        }
        await RemoveLiveAsync(name, cancellation).ConfigureAwait(false);
        await Database.PatientlyAsync(d => d.SetRemoveAsync(Keys.Models, name), cancellation).ConfigureAwait(false);
        // Made again meanwhile: its writer may have listed it before.
        if (await Database.PatientlyAsync(d => d.HashExistsAsync(head, ModelField.Version), cancellation).ConfigureAwait(false))
            await Database.PatientlyAsync(d => d.SetAddAsync(Keys.Models, name), cancellation).ConfigureAwait(false);
        return found;
    }

    async Task<Model> PublishAsync(string name, ModelDefinition definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters,
        string run, CancellationToken cancellation, ReplicaDemand? replicas = null, Action<string>? warn = null)
    {
        HashEntry[] fields =
        [
            new(ModelField.Created, ModelField.Now()),
            new(ModelField.Definition, JsonSerializer.SerializeToUtf8Bytes(definition, ModelJson.Definition)),
            .. ModelField.Encode(parameters),
        ];
        long version = await RetryAsync(name, async () =>
            await PublishedAsync(name, run, cancellation).ConfigureAwait(false)
                ?? await TryPublishAsync(name, RedisValue.EmptyString, fields, cancellation, run, replicas, warn).ConfigureAwait(false))
                    .ConfigureAwait(false);
        if (replicas is not null
            && await replicas.DemandAsync(connection, $"version {version} of model '{name}'", isPublished: true, cancellation)
            .ConfigureAwait(false) is { } warning) warn?.Invoke(warning);
        return await GetAsync(name, version, cancellation).ConfigureAwait(false);
    }

    /// <summary>The version that a run has published; null where it hasn't.</summary>
    async Task<long?> PublishedAsync(string name, string run, CancellationToken cancellation)
    {
        if (run == "") return null;
        var version = await Database.PatientlyAsync(d => d.HashGetAsync(Keys.Model(name), $"run:{run}"), cancellation)
            .ConfigureAwait(false);
        return !version.IsNull && version.TryParse(out long published) ? published : null;
    }

    async Task<long?> TryChangeAsync(string name, HashEntry[] set, RedisValue[] remove, CancellationToken cancellation)
    {
        long? current = (await HeadAsync(name, cancellation).ConfigureAwait(false))?.Version;
        if (current is not { } version)
        {
            if (set.Length == 0)
                throw NearestName.NotFound("ModelNotFound", "model", name, await ListAsync(cancellation).ConfigureAwait(false));
            return await TryPublishAsync(name, 0, [new(ModelField.Created, ModelField.Now()), .. set], cancellation).ConfigureAwait(false);
        }
        var key = Keys.ModelVersion(name, version);
        var marks = await Database.PatientlyAsync(d => d.HashGetAsync(key, [ModelField.Definition, ModelField.Modified]), cancellation)
            .ConfigureAwait(false);
        bool isSealed = !marks[0].IsNull && marks[1].IsNull;
        if (!isSealed) return await TryWriteAsync(key, set, remove, cancellation).ConfigureAwait(false) ? version : null;

        var changed = new Dictionary<RedisValue, RedisValue>();
        foreach (var entry in await Database.PatientlyAsync(d => d.HashGetAllAsync(key), cancellation).ConfigureAwait(false))
            changed[entry.Name] = entry.Value;
        foreach (var entry in set) changed[entry.Name] = entry.Value;
        foreach (var field in remove.Concat(changed.Keys.Where(key => key.StartsWith(ModelField.EvaluationPrefix)).ToArray()))
            changed.Remove(field);
        changed[ModelField.Created] = changed[ModelField.Modified] = ModelField.Now();
        return await TryPublishAsync(name, version, [.. changed.Select(c => new HashEntry(c.Key, c.Value))], cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Writes a new version and moves the head to it. Null, with nothing left behind,
    /// where another writer was in between.</summary>
    async Task<long?> TryPublishAsync(string name, RedisValue expected, HashEntry[] fields, CancellationToken cancellation, string run = "",
        ReplicaDemand? replicas = null, Action<string>? warn = null)
    {
        cancellation.ThrowIfCancellationRequested();
        connection.DemandRoom();
        RedisKey head = Keys.Model(name);
        // Neither this nor the move is given up half-way: what became of them must be known.
        long version = await Database.PatientlyAsync(d => d.HashIncrementAsync(head, ModelField.Last), CancellationToken.None)
            .ConfigureAwait(false);
        RedisKey key = Keys.ModelVersion(name, version);
        bool published = false;
        try
        {
            await Database.PatientlyAsync(d => d.HashSetAsync(key, fields), cancellation).ConfigureAwait(false);
            if (replicas is not null
                && await replicas.DemandAsync(connection, $"version {version} of model '{name}'", isPublished: false, cancellation)
                .ConfigureAwait(false) is { } warning) warn?.Invoke(warning);
            var moved = Database.PatientlyAsync(
                d => d.ScriptEvaluateAsync(MoveHead, [head], [version, expected, ModelField.Now(), run]), CancellationToken.None);
            var listed = Database.PatientlyAsync(d => d.SetAddAsync(Keys.Models, name), CancellationToken.None);
            await Task.WhenAll(moved, listed).ConfigureAwait(false);
            published = (bool)await moved.ConfigureAwait(false);
            return published ? version : null;
        }
        finally
        {
            if (!published) await DiscardAsync(head, key, version).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes a version that didn't become current. No cancellation: it is what a cancelled publication ends with.</summary>
    async Task DiscardAsync(RedisKey head, RedisKey key, long version)
    {
        // The move may have come through though its reply didn't.
        if (await Database.HashGetAsync(head, ModelField.Version).ConfigureAwait(false) == version) return;
        await Database.KeyDeleteAsync(key).ConfigureAwait(false);
        await Database.ScriptEvaluateAsync(ExpireUnusedHead, [head], [HeadSeconds]).ConfigureAwait(false);
    }

    /// <summary>Changes a version in place. False where it is no longer there: to write would make it again,
    /// without its other fields.</summary>
    async Task<bool> TryWriteAsync(RedisKey key, HashEntry[] set, RedisValue[] remove, CancellationToken cancellation)
    {
        RedisValue[] arguments = [remove.Length, .. remove, .. set.SelectMany(e => new[] { e.Name, e.Value })];
        return (bool)await Database.PatientlyAsync(d => d.ScriptEvaluateAsync(ChangeVersion, [key], arguments), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Tries again where another writer was in between, each time from what it left.</summary>
    static async Task<long> RetryAsync(string name, Func<Task<long?>> attempt)
    {
        for (int i = 0; i < MaxAttempts; i++)
            if (await attempt().ConfigureAwait(false) is { } version)
                return version;
        throw new RedisMLException("ModelBusy", ErrorKind.ResourceBusy,
            $"Model '{name}' was changed by others each of {MaxAttempts} times that it was tried. Try again.", name);
    }
}
