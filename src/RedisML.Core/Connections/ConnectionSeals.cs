using System.Collections.Concurrent;
using System.Security.Cryptography;
using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>The seals of a connection, each of a part of its key space: by the user's key, or none.</summary>
sealed class ConnectionSeals
{
    public static readonly ConnectionSeals None = new(null);

    /// <summary>KEYS: the sealed root. ARGV: what must be there, and what is to be. Tried again, it finds its own work done.</summary>
    const string ReplaceScript = """
        local now = redis.call('GET', KEYS[1])
        if now == ARGV[2] then return 1 end
        if now ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[2])
        return 1
        """;

    readonly byte[]? _root;
    readonly ConcurrentDictionary<string, Seal> _parts = new(StringComparer.Ordinal);

    ConnectionSeals(byte[]? root) => _root = root;

    public bool IsOn => _root is not null;

    /// <summary>Manifests, pages, chunks and journals of a dataset.</summary>
    public Seal Dataset(string name) => Of("dataset:", name);

    /// <summary>Definitions, parameters, notes and evaluations of a model.</summary>
    public Seal Model(string name) => Of("model:", name);

    /// <summary>Specification, checkpoints, what nodes exchange, and the result of a run.</summary>
    public Seal Run(string id) => Of("run:", id);

    /// <summary>Samples of a list or stream, and what trainings learned from them.</summary>
    public Seal Samples(string name) => Of("samples:", name);

    /// <summary>Requests to a prediction service, and its replies.</summary>
    public Seal Service(string name) => Of("service:", name);

    /// <summary>To be asked by whatever lies open in Redis because the server computes with it.</summary>
    /// <exception cref="RedisMLException"><c>SealingNotSupported</c>: this connection has a key.</exception>
    public void DemandOff(string what, string name)
    {
        if (IsOn)
            throw new RedisMLException("SealingNotSupported", ErrorKind.InvalidOperation,
                $"{what} can't be sealed: the server itself works with the values. Use a connection without an encryption key for it, " +
                "and a prefix of its own.", name);
    }

    /// <summary>The seals by a key: the root that lies under the prefix, made where there is none yet.</summary>
    /// <exception cref="RedisMLException"><c>WrongEncryptionKey</c>, <c>SealBroken</c>; <c>SealingNotSetUp</c>: there is no root, and this
    /// user may not write one.</exception>
    public static async Task<ConnectionSeals> OpenAsync(RedisMLConnection connection, EncryptionKey key, CancellationToken cancellation)
    {
        var (place, database) = (connection.Keys.SealedRoot, connection.Database);
        var json = await database.PatientlyAsync(d => d.StringGetAsync(place), cancellation).ConfigureAwait(false);
        if (json.IsNull)
        {
            var made = SealedRoot.Wrap(key, RandomNumberGenerator.GetBytes(EncryptionKey.Length), place!).ToJson();
            try
            {
                await database.PatientlyAsync(d => d.StringSetAsync(place, made, when: When.NotExists), cancellation).ConfigureAwait(false);
            }
            catch (RedisServerException e) when (RedisErrors.CodeOf(e.Message) == "NOPERM")
            {
                throw new RedisMLException("SealingNotSetUp", ErrorKind.PermissionDenied,
                    $"Nothing is sealed under the prefix '{connection.Prefix}' yet, and this user may not write '{place}'. Connect once " +
                    "with the key as a user who may.", $"{place}", e);
            }
            // Of several at once one was first.
            json = await database.PatientlyAsync(d => d.StringGetAsync(place), cancellation).ConfigureAwait(false);
        }
        return new(SealedRoot.FromJson(json!, place!).Unwrap(key, place!));
    }

    /// <summary>Wraps the root by another key: from then on only that one opens what is sealed, and no data is written.</summary>
    /// <returns>False where nothing is sealed under the prefix.</returns>
    /// <exception cref="RedisMLException"><c>WrongEncryptionKey</c>, <c>SealBroken</c>; <c>EncryptionKeyChanged</c>: somebody else was
    /// faster.</exception>
    public static async Task<bool> RewrapAsync(
        RedisMLConnection connection, EncryptionKey from, EncryptionKey to, CancellationToken cancellation)
    {
        var (place, database) = (connection.Keys.SealedRoot, connection.Database);
        var json = await database.PatientlyAsync(d => d.StringGetAsync(place), cancellation).ConfigureAwait(false);
        if (json.IsNull) return false;
        var root = SealedRoot.FromJson(json!, place!).Unwrap(from, place!);
        RedisValue next = SealedRoot.Wrap(to, root, place!).ToJson();
        if ((bool)await database.PatientlyAsync(d => d.ScriptEvaluateAsync(ReplaceScript, [place], [json, next]), cancellation)
            .ConfigureAwait(false)) return true;
        throw new RedisMLException("EncryptionKeyChanged", ErrorKind.ResourceBusy,
            "Somebody else changed the encryption key at the same time; nothing was changed here.", $"{place}");
    }

    Seal Of(string kind, string name) => _root is null ? Seal.None
        : _parts.GetOrAdd($"{kind}{name}", static (part, root) => Seal.Of(root, part), _root);
}
