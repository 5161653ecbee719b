using System.Globalization;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>What a server says of itself. What it doesn't say, or not to this user, is null.</summary>
public record ServerInfo
{
    internal static readonly ServerInfo Unknown = new();

    /// <summary>Forks that present themselves as Redis too, with a version of their own.</summary>
    static readonly string[] s_relatives = ["Garnet", "Valkey", "Dragonfly", "KeyDB"];

    /// <summary>Such as <c>Redis</c>, <c>Valkey</c>, or <c>Garnet</c>, which is the embedded server.</summary>
    public string? ServerKind { get; private init; }

    public string? ServerVersion { get; private init; }

    /// <summary><c>standalone</c>, <c>cluster</c> or <c>sentinel</c>.</summary>
    public string? Mode { get; private init; }

    /// <summary>Over how many servers a cluster spreads its keys; null where it isn't one.</summary>
    public int? Shards { get; private init; }

    /// <summary>The memory in bytes, of all shards together.</summary>
    public long? MemoryUsed { get; private init; }

    /// <summary>Bytes, of all shards; 0 means no limit.</summary>
    public long? MemoryLimit { get; private init; }

    /// <summary>What happens at the memory limit, such as <c>noeviction</c>.</summary>
    public string? EvictionPolicy { get; private init; }

    /// <summary>Whether each write goes to a file.</summary>
    public bool? AppendOnlyFile { get; private init; }

    /// <summary>Whether the data is saved at intervals.</summary>
    public bool? Snapshots { get; private init; }

    /// <summary>Whether data outlives the server.</summary>
    public bool? Persistent =>
        AppendOnlyFile == true || Snapshots == true ? true : AppendOnlyFile == false && Snapshots == false ? false : null;

    /// <summary>What users should know before they keep data there; null if nothing.</summary>
    public string? Warning => EvictionPolicy?.StartsWith("allkeys-", StringComparison.Ordinal) == true
        ? $"The server deletes keys when its memory is full (maxmemory-policy {EvictionPolicy}): parts of datasets " +
            "and models may vanish. " +
          "Set the policy to noeviction."
        : null;

    public override string ToString() =>
        $"{ServerKind} {ServerVersion}{(Shards is { } shards ? $", cluster of {shards} shards" : "")}".Trim();

    internal static async Task<ServerInfo> ReadAsync(RedisMLConnection connection, CancellationToken cancellation)
    {
        var shards = await Task.WhenAll(connection.Shards.Select(s => ReadAsync(s, cancellation))).ConfigureAwait(false);
        return shards[0].Mode != "cluster" ? shards[0] : shards[0] with
        {
            Shards = shards.Length,
            MemoryUsed = shards.Sum(s => s.MemoryUsed),
            MemoryLimit = shards.All(s => s.MemoryLimit > 0) ? shards.Sum(s => s.MemoryLimit) : shards.Min(s => s.MemoryLimit),
            EvictionPolicy = shards.FirstOrDefault(s => s.Warning is not null)?.EvictionPolicy ?? shards[0].EvictionPolicy,
            AppendOnlyFile = shards.Select(s => s.AppendOnlyFile).Min(),
            Snapshots = shards.Select(s => s.Snapshots).Min(),
        };
    }

    static async Task<ServerInfo> ReadAsync(IServer server, CancellationToken cancellation)
    {
        var info = await AskAsync("INFO").ConfigureAwait(false) is { IsNull: false } text ? ParseInfo(text.ToString()) : [];
        var relative = s_relatives.FirstOrDefault(name => info.ContainsKey($"{name.ToLowerInvariant()}_version"));
        var kind = relative ?? (info.ContainsKey("redis_version") ? "Redis" : null);
        return new()
        {
            ServerKind = kind,
            ServerVersion = kind is null ? null : Text($"{kind.ToLowerInvariant()}_version"),
            Mode = Text("redis_mode") ?? Text("server_mode"),
            MemoryUsed = Number("used_memory") ?? Number("total_main_store_size"),
            MemoryLimit = Number("maxmemory"),
            EvictionPolicy = Text("maxmemory_policy"),
            AppendOnlyFile = (Text("aof_enabled") ?? await SettingAsync("appendonly").ConfigureAwait(false)) is { } on ? on is "1" or "yes"
                : null,
            Snapshots = await SettingAsync("save").ConfigureAwait(false) is { } intervals ? intervals != "" : null,
        };

        string? Text(string field) => info.GetValueOrDefault(field);

        long? Number(string field) => long.TryParse(Text(field), CultureInfo.InvariantCulture, out long number) ? number : null;

        async Task<string?> SettingAsync(string name) =>
            await AskAsync("CONFIG", "GET", name).ConfigureAwait(false) is { Length: 2 } setting ? setting[1].ToString() : null;

        async Task<RedisResult?> AskAsync(string command, params object[] arguments)
        {
            try
            {
                return await server.ExecuteAsync(command, arguments).WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RedisServerException or RedisCommandException)
            {
                return null;
            }
        }
    }

    static Dictionary<string, string> ParseInfo(string text) => text.Split('\n', StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(':', 2))
        .Where(field => field.Length == 2)
        .DistinctBy(field => field[0])
        .ToDictionary(field => field[0], field => field[1]);
}
