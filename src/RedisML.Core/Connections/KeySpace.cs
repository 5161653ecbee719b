using System.Buffers;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Spells every key that RedisML writes; <c>docs/storage-format.md</c> describes what lies under each.</summary>
/// <param name="prefix">What every key starts with, followed by a colon.</param>
public sealed class KeySpace(string prefix = KeySpace.DefaultPrefix)
{
    public const string DefaultPrefix = "redisml";

    const int MaxNameLength = 128;
    static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public string Prefix { get; } = prefix;

    /// <summary>A string, JSON: the key by which what lies under the prefix is sealed, wrapped by the user's.</summary>
    public RedisKey SealedRoot => $"{Prefix}:encryption";

    /// <summary>A set: the names of all datasets. A hint, checked against the heads.</summary>
    public RedisKey Datasets => $"{Prefix}:datasets";

    /// <summary>A hash: the head of a dataset.</summary>
    public RedisKey Dataset(string name) => $"{Prefix}:dataset:{Checked(name, "dataset")}";

    /// <summary>A string, JSON: up to 1,000 chunk entries.</summary>
    public RedisKey Page(string dataset, string importId, int index) => $"{Dataset(dataset)}:page:{Checked(importId, "import")}:{index}";

    /// <summary>A string: an Arrow IPC stream.</summary>
    public RedisKey Chunk(string dataset, string importId, int index) => $"{Dataset(dataset)}:chunk:{Checked(importId, "import")}:{index}";

    /// <summary>A hash: a row of a dataset whose layout is Hash.</summary>
    public RedisKey Row(string dataset, string key) => $"{Prefix}:dataset:{dataset}:row:{key}";

    /// <summary>A sorted set of row keys, or a stream: the rows of a dataset whose layout is Hash or Stream.</summary>
    public RedisKey Rows(string dataset, string importId) => $"{Dataset(dataset)}:rows:{Checked(importId, "import")}";

    /// <summary>A set: the ids of imports under way, or broken off.</summary>
    public RedisKey Imports => $"{Prefix}:imports";

    /// <summary>A hash: the journal of an import.</summary>
    public RedisKey Journal(string importId) => $"{Prefix}:import:{Checked(importId, "import")}";

    /// <summary>A set: the names of all models. A hint, checked against the heads.</summary>
    public RedisKey Models => $"{Prefix}:models";

    /// <summary>A hash: the head of a model.</summary>
    public RedisKey Model(string name) => $"{Prefix}:model:{Checked(name, "model")}";

    /// <summary>A hash: the definition and the parameters of a version of a model.</summary>
    public RedisKey ModelVersion(string name, long version) => $"{Prefix}:model:{Checked(name, "model")}:version:{version}";

    /// <summary>The keys of what a live model has counted.</summary>
    internal LiveModelKeys LiveModel(string name) => new(Prefix, Checked(name, "model"));

    /// <summary>A hash: what a user rated since, item by item. It lies in the slot of <see cref="Recommendations"/>.</summary>
    /// <param name="user">Any text: what follows the first brace is the tag of both.</param>
    public RedisKey Ratings(string model, string user) => $"{Prefix}:ratings:{{{Checked(model, "model")}:{user}}}";

    /// <summary>A sorted set: what a user is recommended, by score.</summary>
    public RedisKey Recommendations(string model, string user) => $"{Prefix}:recommend:{{{Checked(model, "model")}:{user}}}";

    /// <summary>A hash: the ids of what a version has in pieces, and how many each has; also of what is still being written.</summary>
    public RedisKey ModelPieces(string name, long version) => $"{ModelVersion(name, version)}:pieces";

    /// <summary>A string: a piece of a parameter.</summary>
    public RedisKey ModelPiece(string name, long version, string id, int index) => $"{ModelVersion(name, version)}:piece:{id}:{index}";

    /// <summary>A set: the ids of all training runs. A hint, checked against their heads.</summary>
    public RedisKey Runs => $"{Prefix}:runs";

    /// <summary>The keys of a training run, all in one slot of a cluster but for slices.</summary>
    internal RunKeys Run(string id) => new(Prefix, Checked(id, "training run"));

    /// <summary>A set: the names of all prediction services. A hint, checked against their instances.</summary>
    public RedisKey Services => $"{Prefix}:services";

    /// <summary>The keys of a prediction service.</summary>
    internal ServiceKeys Service(string name) => new(Prefix, Checked(name, "prediction service"));

    /// <summary>A hash: of each model that is trained online, where its samples come from.</summary>
    public RedisKey OnlineTrainings => $"{Prefix}:online";

    /// <summary>The keys of samples of this name, and of the trainings that learn from them.</summary>
    internal SampleKeys Samples(string name) => new(Prefix, Checked(name, "list or stream of samples"));

    /// <summary>Whether a dataset or model may have this name: 1 to 128 of <c>[A-Za-z0-9._-]</c>.</summary>
    /// <remarks>A brace would make an accidental hash tag, a colon another key.</remarks>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept(s_nameCharacters);

    static string Checked(string name, string thing) => IsValidName(name) ? name : throw new RedisMLException("InvalidName",
        ErrorKind.InvalidArgument, $"'{name}' can't name a {thing}: a name has 1 to {MaxNameLength} of A-Z, a-z, 0-9, '.', '_' and '-'.",
        name);
}
