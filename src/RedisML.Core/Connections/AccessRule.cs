namespace RedisML.Connections;

/// <summary>The least access rule (ACL) with which a user of a Redis server, from version 7 on, can do the work of a role.</summary>
/// <remarks>What isn't listed is refused: other keys and channels, and commands that look at the server or change it.</remarks>
public sealed record AccessRule
{
    /// <summary>What the Redis client sends of itself: to sign in, to keep the connection, and to find its way through a cluster.</summary>
    const string Connecting = "auth hello ping echo client|id client|setname cluster|nodes asking";

    /// <summary>Reads strings, hashes, sets, sorted sets and streams: chunks and pages, heads and parameters, names, rows.</summary>
    const string Reading =
        "get getrange strlen exists hget hmget hgetall hkeys hexists smembers zcard zrange zrevrange zscore zmscore xlen xrange";

    const string ServingModels =
        "get set setex psetex del unlink expire sadd srem llen lpush rpush rpop lrange lrem ltrim blpop blmove eval evalsha script|load " +
        "time";

    /// <summary>Ratings of users, and what they are recommended.</summary>
    const string Rating = "hget hgetall hset hincrby hincrbyfloat del zadd zrange pexpire eval evalsha script|load";

    const string ReadingModels = "get getrange exists hget hmget hgetall hkeys hexists smembers zcard zrange zrevrange zscore zmscore";

    /// <summary>Scripts do what must not be interrupted; the commands in them are held against the same rule.</summary>
    const string Writing = "set setex psetex del unlink hset hmset hdel sadd srem eval evalsha script|load time wait";

    const string WritingRows = "hmset zadd expire pexpire xadd xdel xrevrange xsetid memory|usage";

    const string WritingLanguage = "hincrby zadd zincrby zrem zcount";

    const string WritingRuns = "hincrby hsetnx persist expire publish subscribe unsubscribe";

    const string ReadingOnline = "hvals llen lrange";

    const string LearningOnline = "type hvals llen lrange rpush lpush lpop lindex ltrim xadd xread xinfo|stream pttl setex psetex";

    /// <summary>The first connection with an encryption key writes the key's place, where nobody else did.</summary>
    const string Sealing = "setnx";

    AccessRule(AccessRole role, string prefix, IReadOnlyList<string> datasets, string rule) =>
        (Role, Prefix, Datasets, Rule) = (role, prefix, datasets, rule);

    public AccessRole Role { get; }

    public string Prefix { get; }

    /// <summary>The datasets that the rule is about; empty for all.</summary>
    public IReadOnlyList<string> Datasets { get; }

    /// <summary>For <c>ACL SETUSER name on &gt;password</c>, or a line of an ACL file: commands, keys and channels,
    /// all others taken away.</summary>
    public string Rule { get; }

    /// <param name="datasets">The datasets that the user gets to see; empty for all. Names of others can be listed all the same.</param>
    /// <exception cref="Errors.RedisMLException"><c>InvalidPrefix</c>, <c>InvalidName</c>.</exception>
    public static AccessRule For(AccessRole role, string prefix = KeySpace.DefaultPrefix, params IReadOnlyList<string> datasets)
    {
        var keys = (ConnectionSettings.For("localhost") with { Prefix = prefix }).Prefix;
        string[] ofDatasets = [$"{keys}:datasets", .. datasets.Count == 0 ? [$"{keys}:dataset:*"] : datasets.SelectMany(Keys)];
        string[] ofImports = [$"{keys}:imports", $"{keys}:import:*"];
        string[] ofServices = [$"{keys}:services", $"{keys}:service:*", $"{keys}:reply:*"];
        string[] ofRatings = [$"{keys}:ratings:*", $"{keys}:recommend:*"];
        string[] ofModels = [$"{keys}:models", $"{keys}:model:*"], ofRuns = [$"{keys}:runs", $"{keys}:run:*"];
        string[] ofOnline = [$"{keys}:online", $"{keys}:samples:*"];
        // Whoever first seals something writes the key's place: a user of all roles.
        string seal = new KeySpace(keys).SealedRoot!;
        var rule = role switch
        {
            AccessRole.Read => Compose([Reading, ReadingOnline],
                read: [seal, .. ofDatasets, .. ofModels, .. ofRuns, .. ofRatings, .. ofOnline]),
            AccessRole.Train =>
                Compose([Reading, Writing, WritingLanguage, WritingRuns, LearningOnline], read: [seal, .. ofDatasets, .. ofRatings],
                    all: [.. ofModels, .. ofRuns, .. ofOnline], channels: [$"{keys}:run:*"]),
            AccessRole.Import => Compose([Reading, Writing, WritingRows], read: [seal], all: [.. ofDatasets, .. ofImports]),
            AccessRole.Serve => Compose([ReadingModels, ServingModels, Rating],
                read: [seal, .. ofModels], all: [.. ofServices, .. ofRatings]),
            AccessRole.All => Compose([Reading, Writing, WritingRows, WritingLanguage, WritingRuns, ServingModels, Rating, LearningOnline,
                    Sealing],
                all: datasets.Count == 0 ? [$"{keys}:*"]
                    : [seal, .. ofDatasets, .. ofImports, .. ofModels, .. ofRuns, .. ofServices, .. ofRatings, .. ofOnline],
                channels: [$"{keys}:run:*"]),
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };
        return new(role, keys, datasets, rule);

        IEnumerable<string> Keys(string dataset)
        {
            var head = new KeySpace(keys).Dataset(dataset).ToString();
            return [head, $"{head}:*"];
        }
    }

    public override string ToString() => Rule;

    static string Compose(IEnumerable<string> commands, string[]? read = null, string[]? all = null, string[]? channels = null) =>
        string.Join(' ',
    [
        "resetkeys", "resetchannels", "-@all",
        .. commands.Prepend(Connecting).SelectMany(words => words.Split(' ')).Distinct().Select(command => $"+{command}"),
        .. (read ?? []).Select(key => $"%R~{key}"),
        .. (all ?? []).Select(key => $"~{key}"),
        .. (channels ?? []).Select(channel => $"&{channel}"),
    ]);
}
