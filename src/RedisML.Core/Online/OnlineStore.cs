using System.Globalization;
using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>What became of a commit.</summary>
enum CommitOutcome
{
    Done,

    /// <summary>Another process trains now.</summary>
    Fenced,

    /// <summary>The state is an earlier one, or the samples are others: the server lost what it hadn't saved, or somebody took samples.
    /// </summary>
    Behind,

    /// <summary>Somebody removed the training.</summary>
    Gone,
}

/// <summary>Reads and commits the state of a model's online training.</summary>
sealed class OnlineStore(RedisMLConnection connection, string model, string source)
{
    /// <summary>
    /// KEYS: state. ARGV: trainer, names and values of fields. Makes a state, or takes over the one that there is: from then on nobody else
    /// can commit.
    /// </summary>
    const string ClaimScript = """
        if redis.call('EXISTS', KEYS[1]) == 0 then
          for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        end
        redis.call('HSET', KEYS[1], 'trainer', ARGV[1])
        return redis.call('HGET', KEYS[1], 'spec')
        """;

    /// <summary>
    /// KEYS: state, metrics, rejected, samples. ARGV: trainer; offset that must be there; offset from now on; how many samples leave the
    /// list, the first of them, the last of them; how many fields of the state, then names and values, an empty value for one that goes;
    /// how many of the metrics, likewise; then samples put aside. All of it happens, or nothing. No unpack: it has a limit.
    /// </summary>
    const string CommitScript = """
        local now = redis.call('HMGET', KEYS[1], 'trainer', 'offset')
        if not now[2] then return 'GONE' end
        if now[1] ~= ARGV[1] then return 'FENCED' end
        if now[2] == ARGV[3] and ARGV[2] ~= ARGV[3] then return 'DONE' end
        if now[2] ~= ARGV[2] then return 'BEHIND' end
        local taken = tonumber(ARGV[4])
        if taken > 0 then
          if redis.call('LINDEX', KEYS[4], 0) ~= ARGV[5] or redis.call('LINDEX', KEYS[4], taken - 1) ~= ARGV[6] then return 'BEHIND' end
          redis.call('LPOP', KEYS[4], taken)
        end
        local at = 7
        for key = 1, 2 do
          local last = at + 2 * tonumber(ARGV[at])
          for i = at + 1, last, 2 do
            if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[key], ARGV[i]) else redis.call('HSET', KEYS[key], ARGV[i], ARGV[i + 1]) end
          end
          at = last + 1
        end
        if at <= #ARGV then
          for i = at, #ARGV do redis.call('LPUSH', KEYS[3], ARGV[i]) end
          redis.call('LTRIM', KEYS[3], 0, 99)
        end
        redis.call('HSET', KEYS[1], 'offset', ARGV[3])
        return 'DONE'
        """;

    /// <summary>
    /// KEYS: state, lease. ARGV: trainer, status, milliseconds. Renews the lease, or ends it where the milliseconds are 0: of the trainer
    /// that the state names, since another one's would tell a third that nobody trains.
    /// </summary>
    const string LeaseScript = """
        local trainer = redis.call('HGET', KEYS[1], 'trainer')
        if trainer and trainer ~= ARGV[1] then return 'FENCED' end
        if ARGV[3] == '0' then
          redis.call('DEL', KEYS[2])
        elseif trainer then
          redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
        end
        return trainer and 'DONE' or 'GONE'
        """;

    readonly SampleKeys _keys = connection.Keys.Samples(source);
    readonly SealedState _seal = new(connection.Seals.Samples(source), connection.Keys.Samples(source).State(model));

    /// <summary>The state; null where there is none.</summary>
    /// <exception cref="RedisMLException"><c>InvalidOnlineState</c>.</exception>
    public async Task<OnlineState?> ReadAsync(CancellationToken cancellation)
    {
        var fields = await connection.Database.PatientlyAsync(d => d.HashGetAllAsync(_keys.State(model)), cancellation)
            .ConfigureAwait(false);
        return fields.Length == 0 ? null : OnlineState.Read(model, Array.ConvertAll(fields, _seal.Open));
    }

    /// <summary>Makes the state where there is none, and takes it over.</summary>
    public Task ClaimAsync(string trainer, OnlineState? state, CancellationToken cancellation)
    {
        RedisValue[] arguments = [trainer, .. Flat((state?.Initial(trainer) ?? []).Select(_seal.Close))];
        return connection.Database.PatientlyAsync(d => d.ScriptEvaluateAsync(ClaimScript, [_keys.State(model)], arguments), cancellation);
    }

    /// <summary>Renews a trainer's lease, and says how it fares.</summary>
    public async Task<CommitOutcome> RenewAsync(string trainer, string status, TimeSpan lease) => Outcome(
        await connection.Database.ScriptEvaluateAsync(LeaseScript, LeaseKeys, [trainer, status, Math.Max((long)lease.TotalMilliseconds, 1)])
            .ConfigureAwait(false));

    /// <summary>Ends a trainer's lease, unless another one has it by now.</summary>
    public Task LeaveAsync(string trainer) => connection.Database.ScriptEvaluateAsync(LeaseScript, LeaseKeys, [trainer, "", 0]);

    /// <summary>Writes what changed, exactly once, however often the reply is lost.</summary>
    /// <param name="from">The offset before.</param>
    /// <param name="taken">The samples that leave the list; empty for a stream.</param>
    public async Task<CommitOutcome> CommitAsync(string trainer, OnlineState state, string from, RedisValue[] taken,
        CancellationToken cancellation)
    {
        var seal = connection.Seals.Samples(source);
        var rejected = state.RejectedSamples.Select(sample => seal.Close(_keys.Rejected(model), sample)).ToArray();
        var points = state.Learner.Points.ToArray();
        state.Learner.Points.Clear();
        var fields = state.TakeChanged();
        var metrics = Metrics(points, state.Specification.MetricInterval).ToList();
        RedisValue[] arguments =
        [
            trainer, from, state.Offset, taken.Length, taken is [var first, ..] ? first : RedisValue.EmptyString,
            taken is [.., var last] ? last : RedisValue.EmptyString, fields.Count, .. Flat(fields.Select(_seal.Close)), metrics.Count,
            .. Flat(metrics), .. rejected,
        ];
        RedisKey[] keys = [_keys.State(model), _keys.Metrics(model), _keys.Rejected(model), _keys.Samples];
        return Outcome(await connection.Database.PatientlyAsync(d => d.ScriptEvaluateAsync(CommitScript, keys, arguments), cancellation)
            .ConfigureAwait(false));
    }

    static CommitOutcome Outcome(RedisResult reply) => (string?)reply switch
    {
        "DONE" => CommitOutcome.Done,
        "FENCED" => CommitOutcome.Fenced,
        "GONE" => CommitOutcome.Gone,
        _ => CommitOutcome.Behind,
    };

    RedisKey[] LeaseKeys => [_keys.State(model), _keys.Alive(model)];

    /// <summary>The fields of new points, as those of training runs are, and of those that are too old.</summary>
    IEnumerable<HashEntry> Metrics(MetricPoint[] points, int interval)
    {
        long now = connection.Clock.Latest.ToUnixTimeMilliseconds();
        foreach (var (name, step, value) in points)
        {
            yield return new(Field(name, step), string.Create(CultureInfo.InvariantCulture, $"{value:R} {now}"));
            yield return new(Field(name, step - (long)interval * OnlineLimits.MetricPoints), RedisValue.EmptyString);
        }

        static RedisValue Field(string name, long step) => string.Create(CultureInfo.InvariantCulture, $"{name}:{step}");
    }

    static IEnumerable<RedisValue> Flat(IEnumerable<HashEntry> fields) => fields.SelectMany(field => new[] { field.Name, field.Value });
}
