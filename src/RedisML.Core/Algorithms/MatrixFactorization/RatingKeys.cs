using System.Globalization;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Formats.Text;
using StackExchange.Redis;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>What lies in Redis of the users of a model: their ratings, a hash each, and what they are recommended, a sorted set each.
/// Both are in one slot of a cluster.</summary>
internal sealed class RatingKeys(RedisMLConnection connection, string model)
{
    const int MaxUserLength = 512;

    /// <summary>KEYS: ratings. ARGV: 1 where ratings are counts that add up, then of each an item, its rating and the count
    /// so far.</summary>
    /// <remarks>What may not be allowed, or isn't what it should be, comes first: what throws has changed nothing. A count that is none,
    /// or less than what training saw, starts there.</remarks>
    const string Add = """
        redis.call('HINCRBY', KEYS[1], '', 1)
        for i = 2, #ARGV, 3 do
          if ARGV[1] == '1' then
            local before = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '')
            if not (before and before >= tonumber(ARGV[i + 2]) and before < 1e30) then
              redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
            end
            redis.call('HINCRBYFLOAT', KEYS[1], ARGV[i], ARGV[i + 1])
          else
            redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
          end
        end
        return redis.call('HGETALL', KEYS[1])
        """;

    /// <summary>KEYS: ratings, recommendations. ARGV: the change that they follow from, milliseconds, then scores and items.
    /// Returns 0 where the ratings have changed since.</summary>
    const string Replace = """
        if (redis.call('HGET', KEYS[1], '') or '0') ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[2])
        if #ARGV > 2 then
          redis.call('ZADD', KEYS[2], unpack(ARGV, 3))
          redis.call('PEXPIRE', KEYS[2], ARGV[2])
        end
        return 1
        """;

    public RedisKey Recommendations(string user) => connection.Keys.Recommendations(model, Checked(user));

    /// <summary>All ratings of a user. Over a connection with an encryption key there are none: they can't be sealed, and what isn't is
    /// not believed.</summary>
    public async Task<HashEntry[]> ReadAsync(string user, CancellationToken cancellation)
    {
        if (connection.Seals.IsOn) return [];
        var key = connection.Keys.Ratings(model, Checked(user));
        return await connection.Database.PatientlyAsync(d => d.HashGetAllAsync(key), cancellation).ConfigureAwait(false);
    }

    /// <summary>Notes ratings, all or none, and returns all of the user.</summary>
    /// <param name="areCounts">Whether they are added to what there is, from the count so far where nothing is there.</param>
    public async Task<HashEntry[]> AddAsync(
        string user, IReadOnlyList<(string Item, double Rating, double SoFar)> ratings, bool areCounts, CancellationToken cancellation)
    {
        connection.Seals.DemandOff($"Ratings of users since model '{model}' was trained", model);
        RedisKey[] keys = [connection.Keys.Ratings(model, Checked(user))];
        RedisValue[] arguments =
        [
            areCounts ? 1 : 0, .. ratings.SelectMany(r => new RedisValue[] { r.Item, Text(r.Rating), Text(r.SoFar) }),
        ];
        connection.DemandRoom();
        // A count whose reply is lost may have been added: only whoever sent it knows whether it may be sent twice.
        var reply = areCounts
            ? await connection.Database.ScriptEvaluateAsync(Add, keys, arguments).WaitAsync(cancellation).ConfigureAwait(false)
            : await connection.Database.PatientlyAsync(d => d.ScriptEvaluateAsync(Add, keys, arguments), cancellation)
                .ConfigureAwait(false);
        var flat = (RedisValue[])reply!;
        return [.. flat.Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))];
    }

    /// <summary>Replaces what a user is recommended. False where its ratings have changed since.</summary>
    /// <exception cref="RedisMLException"><c>SealingNotSupported</c>: this connection has an encryption key.</exception>
    public async Task<bool> ReplaceAsync(
        string user, string change, IReadOnlyList<Recommendation> recommendations, TimeSpan timeToLive, CancellationToken cancellation)
    {
        connection.Seals.DemandOff($"Recommendations of model '{model}' in sorted sets", model);
        RedisKey[] keys = [connection.Keys.Ratings(model, Checked(user)), Recommendations(user)];
        RedisValue[] arguments = [change, (long)timeToLive.TotalMilliseconds,
            .. recommendations.SelectMany(r => new RedisValue[] { Text(r.Score), r.ItemName })];
        connection.DemandRoom();
        return (bool)await connection.Database.PatientlyAsync(d => d.ScriptEvaluateAsync(Replace, keys, arguments), cancellation)
            .ConfigureAwait(false);
    }

    static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    static string Checked(string user) => !UnicodeText.IsValid(user) ? throw UnicodeText.Invalid("The user's name")
        : user.Length is > 0 and <= MaxUserLength ? user : throw new RedisMLException("InvalidUser",
        ErrorKind.InvalidArgument, $"A user is a text of 1 to {MaxUserLength} characters.", user);
}
