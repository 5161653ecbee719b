using System.Text.Json;
using RedisML.Connections;
using RedisML.Diagnostics;
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

    /// <summary>Stores what training produced as a new version, which can't be changed, and makes it the current one.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="RedisMLException"><c>InvalidParameterName</c>, <c>ParameterTooLarge</c>, <c>ModelBusy</c>.</exception>
    public Task<Model> PublishAsync(
        string name, ModelDefinition definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters,
        CancellationToken cancellation) =>
        PublishAsync(name, definition, parameters, run: "", cancellation);

    /// <summary>Stores what was read from elsewhere as a new version, and makes it the current one.</summary>
    /// <param name="definition">Null for parameters alone, which can be changed like those set by hand.</param>
    /// <inheritdoc cref="PublishAsync(string, ModelDefinition, IEnumerable{KeyValuePair{string, ParameterValue}}, CancellationToken)"/>
    public Task<Model> ImportAsync(
        string name, ModelDefinition? definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters,
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
            for (long version = 1; version <= last; version++) await DeleteVersionAsync(name, version, cancellation).ConfigureAwait(false);
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

    /// <summary>Deletes what lies of a version, the hash first: without it nobody looks for the rest.</summary>
    async Task DeleteVersionAsync(string name, long version, CancellationToken cancellation)
    {
        await Database.PatientlyAsync(d => d.KeyDeleteAsync(Keys.ModelVersion(name, version)), cancellation).ConfigureAwait(false);
        await new ParameterPieces(connection, name, version).DeleteAllAsync(cancellation).ConfigureAwait(false);
    }

    async Task<Model> PublishAsync(string name, ModelDefinition? definition, IEnumerable<KeyValuePair<string, ParameterValue>> parameters,
        string run, CancellationToken cancellation, ReplicaDemand? replicas = null, Action<string>? warn = null)
    {
        List<HashEntry> fields = [new(ModelField.Created, ModelField.Now())];
        if (definition is not null)
            fields.Add(new(ModelField.Definition, JsonSerializer.SerializeToUtf8Bytes(definition, ModelJson.Definition)));
        var stored = ModelField.Encode(parameters, new());
        long version = await RetryAsync(name, async () =>
            await PublishedAsync(name, run, cancellation).ConfigureAwait(false)
                ?? await TryPublishAsync(name, RedisValue.EmptyString, fields, stored, cancellation, run, replicas, warn)
                    .ConfigureAwait(false)).ConfigureAwait(false);
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

    /// <summary>Writes a new version and moves the head to it. Null, with nothing left behind,
    /// where another writer was in between.</summary>
    async Task<long?> TryPublishAsync(string name, RedisValue expected, IEnumerable<HashEntry> fields,
        IReadOnlyList<StoredParameter> parameters, CancellationToken cancellation, string run = "", ReplicaDemand? replicas = null,
        Action<string>? warn = null)
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
            await new ParameterPieces(connection, name, version).WriteAsync(parameters, cancellation).ConfigureAwait(false);
            HashEntry[] all = [.. fields.Concat(FieldsOf(parameters)).Select(field => Closed(name, key, field))];
            await Database.PatientlyAsync(d => d.HashSetAsync(key, all), cancellation).ConfigureAwait(false);
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
            if (!published) await DiscardAsync(name, version).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes a version that didn't become current. No cancellation: it is what a cancelled publication ends with.</summary>
    async Task DiscardAsync(string name, long version)
    {
        RedisKey head = Keys.Model(name);
        // The move may have come through though its reply didn't.
        if (await Database.HashGetAsync(head, ModelField.Version).ConfigureAwait(false) == version) return;
        await DeleteVersionAsync(name, version, CancellationToken.None).ConfigureAwait(false);
        await Database.ScriptEvaluateAsync(ExpireUnusedHead, [head], [HeadSeconds]).ConfigureAwait(false);
    }

    /// <summary>What a version's hash says of parameters, apart from their pieces.</summary>
    static IEnumerable<HashEntry> FieldsOf(IEnumerable<StoredParameter> parameters) => parameters.SelectMany(parameter =>
        parameter.Envelope?.Expires is { } end
            ? new HashEntry[] { new(parameter.Name, parameter.Field), new(ModelField.ExpiresPrefix + parameter.Name, end) }
            : [new(parameter.Name, parameter.Field)]);

    HashEntry Closed(string name, RedisKey key, HashEntry field) => new(field.Name, Close(name, key, field.Name, field.Value));

    /// <summary>Tries again where another writer was in between, each time from what it left.</summary>
    static async Task<long> RetryAsync(string name, Func<Task<long?>> attempt, int most = MaxAttempts)
    {
        for (int i = 0; i < most; i++)
        {
            if (await attempt().ConfigureAwait(false) is { } version) return version;
            WorkLog.Steps?.Step($"Model '{name}' was changed by another writer meanwhile: retry {i + 1}.");
            // Many who try at once would else disturb each other again.
            if (i >= MaxAttempts) await Task.Delay(Random.Shared.Next(2 * MaxAttempts)).ConfigureAwait(false);
        }
        throw new RedisMLException("ModelBusy", ErrorKind.ResourceBusy,
            $"Model '{name}' was changed by others each of {most} times that it was tried. Try again.", name);
    }
}
