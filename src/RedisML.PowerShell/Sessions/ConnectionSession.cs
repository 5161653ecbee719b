using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Sealing;

namespace RedisML.PowerShell.Sessions;

/// <summary>The connections of a runspace; they are closed with it.</summary>
sealed class ConnectionSession
{
    const string Variable = "REDISML_CONNECTION";
    const string AuthorityVariable = "REDISML_CERTIFICATE_AUTHORITY";
    const string ClientVariable = "REDISML_CLIENT_CERTIFICATE";
    const string ClientKeyVariable = "REDISML_CLIENT_KEY";
    const string EncryptionKeyVariable = "REDISML_ENCRYPTION_KEY";

    static readonly ConditionalWeakTable<Runspace, ConnectionSession> s_sessions = [];

    readonly Lock _lock = new();
    readonly List<RedisMLConnection> _connections = [];
    RedisMLConnection? _default;
    (string Text, RedisMLConnection Connection)? _fromEnvironment;

    ConnectionSession(Runspace runspace) => runspace.StateChanged += (_, change) =>
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken) _ = CloseAsync(_ => true);
    };

    /// <summary>The session of the runspace of this thread, which must be a pipeline thread.</summary>
    internal static ConnectionSession Current => s_sessions.GetValue(Runspace.DefaultRunspace, runspace => new(runspace));

    /// <summary>The connection string that applies where nobody has connected.</summary>
    internal static string? EnvironmentText => Read(Variable);

    /// <summary>For what isn't given, what the environment says: the encryption key, and for a connection over TLS the certificates.
    /// </summary>
    /// <exception cref="RedisMLException"><c>InvalidEncryptionKey</c>.</exception>
    internal static ConnectionSettings WithEnvironment(ConnectionSettings settings)
    {
        if (settings.EncryptionKey is null && Read(EncryptionKeyVariable) is { } key)
            settings = settings with { EncryptionKey = EncryptionKey.Parse(key) };
        if (!settings.Tls) return settings;
        var certificates = new TlsCertificates();
        if (Read(AuthorityVariable) is { } authority) certificates = certificates.WithAuthority(authority);
        if (Read(ClientVariable) is { } client) certificates = certificates.WithClient(client, Read(ClientKeyVariable));
        return settings.WithTls(settings.Certificates.Or(certificates));
    }

    static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;

    internal RedisMLConnection[] All
    {
        get
        {
            lock (_lock) return [.. _connections];
        }
    }

    /// <summary>The default connection, else the one of the environment variable, opened where need be;
    /// null where there is neither.</summary>
    internal async Task<RedisMLConnection?> FindAsync(CancellationToken cancellation)
    {
        if (_default is { } connection) return connection;
        if (EnvironmentText is not { } text) return null;
        if (_fromEnvironment is { } known && known.Text == text) return known.Connection;
        connection = await RedisMLConnection.ConnectAsync(WithEnvironment(ConnectionSettings.Parse(text)), cancellation)
            .ConfigureAwait(false);
        lock (_lock)
        {
            _connections.Add(connection);
            _fromEnvironment = (text, connection);
        }
        return connection;
    }

    /// <summary>Makes a new connection the default. The one before stays open, for those who have it in a variable.</summary>
    internal void Add(RedisMLConnection connection)
    {
        lock (_lock)
        {
            _connections.Add(connection);
            _default = connection;
        }
    }

    /// <summary>Closes connections of this runspace.</summary>
    internal async Task CloseAsync(Predicate<RedisMLConnection> match)
    {
        RedisMLConnection[] closing;
        lock (_lock)
        {
            closing = [.. _connections.Where(c => match(c))];
            _connections.RemoveAll(match);
            if (_default is not null && match(_default)) _default = null;
            if (_fromEnvironment is { } known && match(known.Connection)) _fromEnvironment = null;
        }
        foreach (var connection in closing) await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes the connection that cmdlets use when they are given none.</summary>
    internal Task CloseDefaultAsync()
    {
        var connection = _default ?? _fromEnvironment?.Connection;
        return CloseAsync(c => c == connection);
    }

    /// <summary>Closes connections of all runspaces.</summary>
    internal static async Task CloseEverywhereAsync(Predicate<RedisMLConnection> match)
    {
        foreach (var (_, session) in s_sessions) await session.CloseAsync(match).ConfigureAwait(false);
    }
}
