using System.Security.Cryptography;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

// Aliases, and the history of their moves, are fields of a model's head: one script on that key moves one and notes it, or neither.
public sealed partial class ModelStore
{
    /// <summary>Moves that are remembered.</summary>
    const int MaxMoves = 10_000;

    /// <summary>
    /// KEYS: head. ARGV: alias; version, 0 to take it away; the version that it must name, 0 for none, empty for any; id of the move;
    /// its JSON
    /// up to what it moved from; 1 where it is tried again. Returns OK, or what is in the way.
    /// </summary>
    const string MoveAliasScript = """
        local head = redis.call('HMGET', KEYS[1], 'version', 'last', 'alias:' .. ARGV[1], 'moves', 'aliases')
        if not head[1] then return 'NONE' end
        local moves, before, aliases = tonumber(head[4] or '0'), head[3] or '0', head[5] or ''
        if ARGV[6] == '1' then
          for i = moves, math.max(1, moves - 99), -1 do
            if string.find(redis.call('HGET', KEYS[1], 'move:' .. i) or '', ARGV[4], 1, true) then return 'OK' end
          end
        end
        if ARGV[3] ~= '' and before ~= ARGV[3] then return 'MOVED ' .. before end
        if tonumber(ARGV[2]) > tonumber(head[2] or '0') or redis.call('HEXISTS', KEYS[1], 'gone:' .. ARGV[2]) == 1 then return 'GONE' end
        moves = moves + 1
        local others = ''
        for name in string.gmatch(aliases, '[^,]+') do
          if name ~= ARGV[1] then others = others .. name .. ',' end
        end
        if ARGV[2] == '0' then
          redis.call('HDEL', KEYS[1], 'alias:' .. ARGV[1])
        else
          redis.call('HSET', KEYS[1], 'alias:' .. ARGV[1], ARGV[2])
          others = others .. ARGV[1] .. ','
        end
        local from = ''
        if before ~= '0' then from = ',"from":' .. before end
        redis.call('HSET', KEYS[1], 'aliases', others, 'moves', moves, 'move:' .. moves, ARGV[5] .. from .. '}')
        redis.call('HDEL', KEYS[1], 'move:' .. (moves - 10000))
        return 'OK'
        """;

    /// <summary>KEYS: head. ARGV: version; the one that becomes current where this is it, 0 for none. Returns OK,
    /// or what is in the way.</summary>
    const string RemoveVersionScript = """
        local head = redis.call('HMGET', KEYS[1], 'version', 'aliases')
        if not head[1] then return 'NONE' end
        for name in string.gmatch(head[2] or '', '[^,]+') do
          if redis.call('HGET', KEYS[1], 'alias:' .. name) == ARGV[1] then return 'NAMED' end
        end
        if head[1] == ARGV[1] then
          if ARGV[2] == '0' then return 'CURRENT' end
          redis.call('HSET', KEYS[1], 'version', ARGV[2])
        end
        redis.call('HSET', KEYS[1], 'gone:' .. ARGV[1], '1')
        return 'OK'
        """;

    /// <summary>KEYS: version. ARGV: names and values of fields; an empty value takes the field away.</summary>
    const string AnnotateScript = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        for i = 1, #ARGV, 2 do
          if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i]) else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        end
        return 1
        """;

    /// <summary>Makes an alias name a version, and notes who did so and why. Atomic: of several at once one wins,
    /// and the history is a chain.</summary>
    /// <param name="version">The version; null takes the alias away.</param>
    /// <param name="expected">The version that the alias must name for that, 0 for none; null for any.</param>
    /// <exception cref="RedisMLException"><c>InvalidAlias</c>, <c>ModelNotFound</c>, <c>ModelVersionNotFound</c>; <c>AliasMoved</c>:
    /// it names
    /// another version than expected.</exception>
    public async Task MoveAliasAsync(
        string name, string alias, long? version, long? expected, string by, string? reason, CancellationToken cancellation,
        bool rollback = false)
    {
        if (!ModelReference.IsAlias(alias))
            throw new RedisMLException("InvalidAlias", ErrorKind.InvalidArgument,
                $"'{alias}' can't be an alias: it starts with a letter, and has up to 64 of A-Z, a-z, 0-9, '.', '_' and '-'.", alias);
        // That it isn't removed in the meantime, the script sees.
        if (version is not null) await GetAsync(new ModelReference(name, version), cancellation).ConfigureAwait(false);
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var move = new AliasMove
        {
            Id = id, Alias = alias, Version = version, By = by, At = DateTimeOffset.UtcNow, Reason = reason, Rollback = rollback,
        };
        string json = JsonSerializer.Serialize(move, ModelJson.Default.AliasMove);
        int tries = 0;
        var reply = (string)(await Database.PatientlyAsync(d => d.ScriptEvaluateAsync(MoveAliasScript, [Keys.Model(name)],
            [alias, version ?? 0, expected?.ToString() ?? "", id, json[..^1], tries++ == 0 ? 0 : 1]), cancellation).ConfigureAwait(false))!;
        switch (reply.Split(' '))
        {
            case ["OK"]: return;
            case ["MOVED", var now]:
                throw new RedisMLException("AliasMoved", ErrorKind.ResourceBusy, $"Alias '{alias}' of model '{name}' names " +
                    $"{(now == "0" ? "no version" : $"version {now}")}, and not {expected} as was expected: somebody moved it.", alias);
            case ["GONE"]:
                throw new RedisMLException("ModelVersionNotFound", ErrorKind.ObjectNotFound,
                    $"Version {version} of model '{name}' was removed.", name);
            default:
                throw NearestName.NotFound("ModelNotFound", "model", name, await ListAsync(cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Makes an alias name the version again that it named before. Again and again, it goes further back each time.</summary>
    /// <exception cref="RedisMLException"><c>NoEarlierVersion</c>; those of <see cref="MoveAliasAsync"/>.</exception>
    public async Task RollBackAliasAsync(string name, string alias, string by, string? reason, CancellationToken cancellation)
    {
        var versions = new Stack<long?>();
        foreach (var move in (await HistoryAsync(name, cancellation).ConfigureAwait(false)).Where(move => move.Alias == alias))
        {
            if (move.Rollback) versions.TryPop(out _);
            else versions.Push(move.Version);
        }
        if (!versions.TryPop(out long? current) || !versions.TryPop(out long? earlier) || earlier is null)
            throw new RedisMLException("NoEarlierVersion", ErrorKind.InvalidOperation,
                $"Alias '{alias}' of model '{name}' has no version to go back to.", alias);
        await MoveAliasAsync(name, alias, earlier, current ?? 0, by, reason, cancellation, rollback: true).ConfigureAwait(false);
    }

    /// <summary>The moves of the aliases of a model, the oldest first, as far as they are remembered.</summary>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>.</exception>
    public async Task<IReadOnlyList<AliasMove>> HistoryAsync(string name, CancellationToken cancellation)
    {
        await HeadOrThrowAsync(name, cancellation).ConfigureAwait(false);
        RedisKey head = Keys.Model(name);
        var count = await Database.PatientlyAsync(d => d.HashGetAsync(head, ModelField.Moves), cancellation).ConfigureAwait(false);
        int moves = count.IsNull ? 0 : (int)count, first = Math.Max(1, moves - MaxMoves + 1);
        if (moves == 0) return [];
        RedisValue[] fields =
            [.. Enumerable.Range(first, moves - first + 1).Select(number => (RedisValue)(ModelField.MovePrefix + number))];
        var entries = await Database.PatientlyAsync(d => d.HashGetAsync(head, fields), cancellation).ConfigureAwait(false);
        return [.. entries.Select((json, i) =>
            ModelJson.TryRead(json, ModelJson.Default.AliasMove) is { } move ? move with { Number = first + i } : null)
            .OfType<AliasMove>()];
    }

    /// <summary>Removes a version.</summary>
    /// <param name="force">Also where aliases name it, which are taken away before, or where it is the current one:
    /// the one before becomes that.</param>
    /// <exception cref="RedisMLException"><c>ModelNotFound</c>, <c>ModelVersionNotFound</c>; <c>ModelAliased</c>;
    /// <c>ModelVersionCurrent</c>.</exception>
    public async Task RemoveVersionAsync(string name, long version, bool force, string by, CancellationToken cancellation)
    {
        var model = await GetAsync(new ModelReference(name, version), cancellation).ConfigureAwait(false);
        if (model.Aliases.Count > 0 && !force) throw Aliased($"Version {version} of model '{name}'", model.Aliases, name);
        var others = (await VersionNumbersAsync(name, cancellation).ConfigureAwait(false)).Where(number => number != version).ToList();
        if (force && others.Count == 0)
        {
            await RemoveAsync(name, cancellation, force).ConfigureAwait(false);
            return;
        }
        foreach (var alias in model.Aliases)
            await MoveAliasAsync(name, alias, null, version, by, $"version {version} removed", cancellation).ConfigureAwait(false);
        long next = force ? others.LastOrDefault(number => number < version, others.FirstOrDefault()) : 0;
        var reply = (string)(await Database.PatientlyAsync(
            d => d.ScriptEvaluateAsync(RemoveVersionScript, [Keys.Model(name)], [version, next]), cancellation).ConfigureAwait(false))!;
        if (reply == "NAMED") throw Aliased($"Version {version} of model '{name}'", [], name);
        if (reply == "CURRENT")
            throw new RedisMLException("ModelVersionCurrent", ErrorKind.InvalidOperation,
                $"Version {version} of model '{name}' is the current one. Use -Force to remove it all the same, or remove the model.",
                name);
        await DeleteVersionAsync(name, version, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes a description and tags beside a version, which itself doesn't change.</summary>
    /// <param name="description">Null leaves it; an empty one takes it away.</param>
    /// <param name="tags">Null leaves them; else all of them from now on.</param>
    /// <exception cref="RedisMLException"><c>ModelVersionNotFound</c>.</exception>
    public Task DescribeAsync(Model model, string? description, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellation)
    {
        List<RedisValue> fields = [];
        if (description is not null) fields.AddRange([ModelField.Description, description]);
        if (tags is not null)
            fields.AddRange(
                [ModelField.Tags, tags.Count == 0 ? "" : JsonSerializer.Serialize(new(tags), ModelJson.Default.DictionaryStringString)]);
        return AnnotateAsync(model, [.. fields], cancellation);
    }

    /// <summary>Notes how good a version was found to be on a dataset, in the place of what was noted of that dataset before.</summary>
    /// <exception cref="RedisMLException"><c>ModelVersionNotFound</c>.</exception>
    public Task NoteEvaluationAsync(Model model, ModelEvaluation evaluation, CancellationToken cancellation) => AnnotateAsync(model,
        [ModelField.EvaluationPrefix + evaluation.Dataset, JsonSerializer.Serialize(evaluation, ModelJson.Default.ModelEvaluation)],
        cancellation);

    async Task AnnotateAsync(Model model, RedisValue[] fields, CancellationToken cancellation)
    {
        var key = Keys.ModelVersion(model.Name, model.Version);
        // What is empty goes.
        for (int i = 1; i < fields.Length; i += 2)
            if (!fields[i].IsNullOrEmpty) fields[i] = Close(model.Name, key, fields[i - 1], fields[i]);
        if (!(bool)await Database.PatientlyAsync(d => d.ScriptEvaluateAsync(AnnotateScript, [key], fields), cancellation)
            .ConfigureAwait(false))
            throw new RedisMLException("ModelVersionNotFound", ErrorKind.ObjectNotFound,
                $"Version {model.Version} of model '{model.Name}' was removed.", model.Name);
    }

    static RedisMLException Aliased(string what, IEnumerable<string> aliases, string name) => new("ModelAliased", ErrorKind.ResourceBusy,
        $"{what} can't be removed: an alias names it ({string.Join(", ", aliases)}). Move the alias, or use -Force.", name);
}
