using System.Text.Json;
using RedisML.Models;
using StackExchange.Redis;

namespace RedisML.Serving;

// What an instance does beside answering: it beats, follows the alias of its model, and puts back what dead ones had taken.
public sealed partial class PredictionInstance
{
    /// <summary>KEYS: queue, work. ARGV: how many. Moves the oldest requests. LTRIM would take long where many wait.</summary>
    const string TakeScript = """
        local taken = redis.call('RPOP', KEYS[1], ARGV[1])
        if not taken then return {} end
        if type(taken) == 'string' then taken = {taken} end
        for _, request in ipairs(taken) do redis.call('LPUSH', KEYS[2], request) end
        return taken
        """;

    /// <summary>
    /// KEYS: queue, work, lease, instances. ARGV: instance, 1 to put back though the lease holds.
    /// Puts what an instance had taken where it is
    /// taken next, the oldest first. Returns how many.
    /// </summary>
    const string PutBackScript = """
        if ARGV[2] ~= '1' and redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
        local taken = redis.call('LRANGE', KEYS[2], 0, -1)
        for _, request in ipairs(taken) do redis.call('RPUSH', KEYS[1], request) end
        redis.call('DEL', KEYS[2])
        redis.call('SREM', KEYS[4], ARGV[1])
        return #taken
        """;

    /// <summary>Renews the lease, says how the instance fares, and looks whether it is to end.</summary>
    async Task BeatAsync()
    {
        var database = _connection.Database;
        string status = JsonSerializer.Serialize(Status, ServiceJson.Default.InstanceStatus);
        var alive = database.StringSetAsync(_keys.Alive(Id), status, _options.Lease);
        // Somebody may have taken the lease for lapsed.
        var listed = database.SetAddAsync(_keys.Instances, Id);
        var stop = database.KeyDeleteAsync(_keys.Stop(Id));
        await alive.ConfigureAwait(false);
        await listed.ConfigureAwait(false);
        if (await stop.ConfigureAwait(false)) SignalStop();
    }

    async Task ReclaimAsync()
    {
        foreach (string? other in await _connection.Database.SetMembersAsync(_keys.Instances).ConfigureAwait(false))
        {
            if (other == Id) continue;
            await PutBackAsync(other!, isForced: false).ConfigureAwait(false);
        }
    }

    /// <summary>Exchanges the model where its name stands for another version now.</summary>
    async Task FollowAsync()
    {
        var models = new ModelStore(_connection);
        var model = await models.GetAsync(_reference, _stop.Token).ConfigureAwait(false);
        if (model.Version == _served.Model.Version && !model.Modified) return;
        // A version that was changed by hand may change again under its number.
        _served = await ServedModel.LoadAsync(models, model, _stop.Token).ConfigureAwait(false);
        _duties.Forget();
    }

    /// <summary>Puts back what wasn't answered, and ends the lease.</summary>
    async Task LeaveAsync()
    {
        await PutBackAsync(Id, isForced: true).ConfigureAwait(false);
        await _connection.Database.KeyDeleteAsync(_keys.Alive(Id)).ConfigureAwait(false);
    }

    Task<RedisResult> PutBackAsync(string instance, bool isForced) => _connection.Database.ScriptEvaluateAsync(
        PutBackScript, [_keys.Queue, _keys.Work(instance), _keys.Alive(instance), _keys.Instances], [instance, isForced ? 1 : 0]);
}
