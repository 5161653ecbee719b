using System.Runtime.CompilerServices;
using RedisML.Diagnostics;
using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>A connection to a Redis server: one multiplexer, and the key space that RedisML uses there.</summary>
public sealed class RedisMLConnection : IAsyncDisposable
{
    static readonly TimeSpan s_closingPatience = TimeSpan.FromSeconds(1);

    readonly ConnectionMultiplexer _multiplexer;
    readonly IDatabase _database;
    readonly Lazy<IDatabase> _logged;

    RedisMLConnection(ConnectionMultiplexer multiplexer, ConnectionSettings settings)
    {
        _multiplexer = multiplexer;
        Settings = settings;
        Keys = new(settings.Prefix);
        _database = multiplexer.GetDatabase();
        _logged = new(() => LoggedDatabase.Of(_database));
        Clock = new(_database, settings.LocalClock);
    }

    /// <summary>The addresses, as <c>host:port</c>, several joined by commas.</summary>
    public string Endpoint => Settings.Endpoint;

    /// <summary>What every key starts with.</summary>
    public string Prefix => Settings.Prefix;

    /// <summary>Null for the server's default user.</summary>
    public string? User => Settings.User;

    public bool Tls => Settings.Tls;

    public int DatabaseIndex => Settings.DatabaseIndex;

    /// <summary>Tells the key apart by which what lies in Redis is sealed; null where it isn't.</summary>
    public string? EncryptionKeyId => Settings.EncryptionKey?.Id;

    /// <summary>What the server said of itself when the connection was made.</summary>
    public ServerInfo Server { get; private set; } = ServerInfo.Unknown;

    internal ConnectionSettings Settings { get; private set; }

    /// <summary>What closes values before they go to Redis, and opens them.</summary>
    internal ConnectionSeals Seals { get; private set; } = ConnectionSeals.None;

    internal IDatabase Database => WorkLog.Commands is null ? _database : _logged.Value;

    internal KeySpace Keys { get; }

    /// <summary>By which whatever lies in Redis is old or not.</summary>
    internal ServerClock Clock { get; }

    /// <summary>A key that the user may ask for, of those that everybody may who may do anything here.</summary>
    internal RedisKey KnownKey { get; private set; }

    /// <summary>The servers that hold the keys: one, or several in a cluster.</summary>
    internal IReadOnlyList<IServer> Shards
    {
        get
        {
            var servers = _multiplexer.GetServers();
            var primaries = servers.Where(s => s is { IsConnected: true, IsReplica: false }).ToList();
            // Somebody may have connected to a replica alone.
            return primaries.Count > 0 ? primaries : servers;
        }
    }

    /// <summary>To be asked before much is written: a server whose disk is full answers nothing any more.</summary>
    /// <exception cref="RedisMLException">What keeps the server from taking it.</exception>
    internal void DemandRoom()
    {
        if (Settings.FindObstacle?.Invoke() is { } obstacle) throw obstacle;
    }

    /// <summary>What an exception of this connection means; null for one that isn't of the Redis client.</summary>
    public RedisMLException? Explain(Exception exception)
    {
        var error = RedisErrors.Translate(exception, Endpoint);
        return error?.Kind is ErrorKind.ConnectionError or ErrorKind.OperationTimeout && Settings.FindObstacle?.Invoke() is { } obstacle
            ? obstacle : error;
    }

    /// <summary>Another connection, to the same server and key space: closing one leaves the other.</summary>
    /// <inheritdoc cref="ConnectAsync"/>
    public Task<RedisMLConnection> CopyAsync(CancellationToken cancellation) => ConnectAsync(Settings, cancellation);

    /// <summary>Connects, signs in, and checks that the user may read the keys under the prefix.</summary>
    /// <exception cref="RedisMLException">
    /// Names the endpoint, the cause and the next step: <c>ConnectionRefused</c>, <c>HostNotFound</c>, <c>ConnectionTimedOut</c>,
    /// <c>TlsFailed</c>, <c>TlsRequired</c>,
    /// <c>ClientCertificateRequired</c>, <c>ClientCertificateRefused</c>,
    /// <c>AuthenticationFailed</c>, <c>DatabaseNotSelected</c>, <c>PermissionDenied</c>, <c>NotRedis</c>, <c>ConnectionFailed</c>, or one
    /// of <see cref="RedisErrors"/>.
    /// </exception>
    public static async Task<RedisMLConnection> ConnectAsync(ConnectionSettings settings, CancellationToken cancellation)
    {
        var connection = new RedisMLConnection(await OpenAsync(settings, cancellation).ConfigureAwait(false), settings);
        try
        {
            await connection.CheckCredentialAsync(cancellation).ConfigureAwait(false);
            await connection.CheckDatabaseAsync(cancellation).ConfigureAwait(false);
            await connection.CheckPermissionAsync(cancellation).ConfigureAwait(false);
            if (settings.EncryptionKey is { } key)
                connection.Seals = await ConnectionSeals.OpenAsync(connection, key, cancellation).ConfigureAwait(false);
            connection.Server = await ServerInfo.ReadAsync(connection, cancellation).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (RedisErrors.Translate(e, settings.Endpoint) is { } error) throw error;
            throw;
        }
    }

    /// <summary>Has another encryption key open what is sealed under the prefix from now on, for this connection and all to come. No data
    /// is written. Other connections that are open go on.</summary>
    /// <returns>False where nothing is sealed under the prefix.</returns>
    /// <exception cref="RedisMLException"><c>EncryptionKeyRequired</c>: this connection has none; <c>WrongEncryptionKey</c>,
    /// <c>EncryptionKeyChanged</c>.</exception>
    public async Task<bool> ChangeEncryptionKeyAsync(EncryptionKey key, CancellationToken cancellation)
    {
        if (Settings.EncryptionKey is not { } current)
            throw new RedisMLException("EncryptionKeyRequired", ErrorKind.InvalidOperation,
                "This connection has no encryption key that could be changed. Connect with it (Connect-RedisML -EncryptionKey).", Endpoint);
        if (!await ConnectionSeals.RewrapAsync(this, current, key, cancellation).ConfigureAwait(false)) return false;
        Settings = Settings with { EncryptionKey = key };
        return true;
    }

    /// <summary>The keys on all shards that start so; each may come more than once.</summary>
    internal async IAsyncEnumerable<string> KeysAsync(string start, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int pageSize = 1000;
        // What the names of keys may hold is no pattern.
        string pattern = string.Concat(start.Select(c => c is '*' or '?' or '[' or ']' or '^' or '\\' ? $"\\{c}" : $"{c}")) + "*";
        foreach (var server in Shards)
            await foreach (var key in server.KeysAsync(DatabaseIndex, pattern, pageSize).WithCancellation(cancellation)
                .ConfigureAwait(false))
                if (((string)key!).StartsWith(start, StringComparison.Ordinal)) yield return key!;
    }

    public override string ToString() => Settings.ToString();

    /// <summary>Closes it at once. All that was to be sent has been answered, or nobody waits for it any more,
    /// so that the server isn't asked.</summary>
    public async ValueTask DisposeAsync()
    {
        try { await _multiplexer.CloseAsync(allowCommandsToComplete: false).WaitAsync(s_closingPatience).ConfigureAwait(false); }
        catch (TimeoutException) { }
    }

    static async Task<ConnectionMultiplexer> OpenAsync(ConnectionSettings settings, CancellationToken cancellation)
    {
        var probe = new ConnectionProbe(settings);
        await probe.CheckReachableAsync(cancellation).ConfigureAwait(false);
        await probe.CheckTlsAsync(cancellation).ConfigureAwait(false);
        var opening = ConnectionMultiplexer.ConnectAsync(settings.ToOptions());
        try
        {
            return await opening.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = CloseAsync(opening);
            throw;
        }
        catch (RedisConnectionException e)
        {
            throw await probe.ExplainAsync(e, cancellation).ConfigureAwait(false);
        }
    }

    static async Task CloseAsync(Task<ConnectionMultiplexer> opening)
    {
        try { await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false); }
        catch (RedisConnectionException) { }
    }

    /// <summary>Somebody who only predicts sees no datasets, and who only imports no models.</summary>
    async Task CheckPermissionAsync(CancellationToken cancellation)
    {
        KnownKey = Keys.Datasets;
        try
        {
            await Database.PatientlyAsync(d => d.KeyExistsAsync(KnownKey), cancellation).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (RedisErrors.CodeOf(e.Message) == "NOPERM")
        {
            KnownKey = Keys.Models;
            await Database.PatientlyAsync(d => d.KeyExistsAsync(KnownKey), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The client ignores a refused password where the server lets anybody in;
    /// then another user than ours would be at work.</summary>
    async Task CheckCredentialAsync(CancellationToken cancellation)
    {
        var options = Settings.ToOptions();
        if (options.User is not { } user) return;
        await Database.ExecuteAsync("AUTH", user, options.Password ?? "").WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The client ignores a refused database too; then everything would lie in database 0.</summary>
    async Task CheckDatabaseAsync(CancellationToken cancellation)
    {
        if (DatabaseIndex == 0) return;
        try
        {
            await Database.ExecuteAsync("SELECT", DatabaseIndex).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (Refusal(e) is { } refusal)
        {
            throw RedisErrors.CodeOf(refusal) == "NOPERM"
                ? new RedisMLException("DatabaseNotSelected", ErrorKind.PermissionDenied, $"{Endpoint} lets this user work in database 0 " +
                    $"alone. Add +select to its access rule to have database {DatabaseIndex}.", DatabaseIndex, e)
                : new RedisMLException("DatabaseNotSelected", ErrorKind.ObjectNotFound, $"{Endpoint} has no database {DatabaseIndex}: " +
                    $"{refusal.TrimEnd('.')}. Leave the number out of the connection, for database 0.", DatabaseIndex, e);
        }

        // By the server, or by the client, which knows that a cluster has but one.
        static string? Refusal(Exception e) => (e as RedisCommandException ?? e.InnerException as RedisCommandException)?.Message
            ?? (e is RedisServerException && RedisErrors.CodeOf(e.Message) is "ERR" or "NOPERM" ? e.Message : null);
    }
}
