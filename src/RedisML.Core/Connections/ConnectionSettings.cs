using System.Net;
using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Where a Redis server is and how to sign in there. No string form holds the password.</summary>
public sealed record ConnectionSettings
{
    public const int DefaultPort = 6379;

    readonly ConfigurationOptions _options;

    ConnectionSettings(ConfigurationOptions options)
    {
        _options = options.Clone();
        _options.Defaults = new ConnectionDefaults();
        _options.AbortOnConnectFail = true;
        _options.SetDefaultPorts();
        // Asynchronous commands obey it too, while they wait for a connection that comes back.
        _options.SyncTimeout = _options.AsyncTimeout;
        if (_options.User == "default") _options.User = null;
    }

    /// <summary>The addresses, as <c>host:port</c>, several joined by commas.</summary>
    public string Endpoint => string.Join(',', _options.EndPoints.Select(AddressOf));

    /// <summary>Null for the server's default user.</summary>
    public string? User => _options.User;

    public bool Tls => _options.Ssl;

    /// <summary>Whom TLS trusts, and what it shows; empty for what the system has.</summary>
    public TlsCertificates Certificates { get; private init; } = new();

    public int DatabaseIndex => _options.DefaultDatabase ?? 0;

    /// <summary>What every key starts with; as names are, 1 to 128 of <c>[A-Za-z0-9._-]</c>.</summary>
    public string Prefix
    {
        get;
        init => field = KeySpace.IsValidName(value) ? value : throw new RedisMLException("InvalidPrefix", ErrorKind.InvalidArgument,
            $"'{value}' can't be a prefix: it has 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'.", value);
    } = KeySpace.DefaultPrefix;

    /// <summary>By which what lies in Redis is sealed; null where it isn't.</summary>
    public EncryptionKey? EncryptionKey { get; init; }

    /// <summary>For a server of this process: what keeps it from taking more data, such as a full disk; null where nothing does.
    /// Asked often.</summary>
    public Func<RedisMLException?>? FindObstacle { get; init; }

    /// <summary>This machine's clock; another in tests.</summary>
    internal TimeProvider LocalClock { get; init; } = TimeProvider.System;

    /// <summary>Settings for one server, without a password.</summary>
    public static ConnectionSettings For(string hostName, int port = DefaultPort) =>
        new(new ConfigurationOptions { EndPoints = { { hostName, port } } });

    /// <summary>
    /// Reads <c>host[:port][,host[:port]…][,option=value…]</c> with the options of StackExchange.Redis, or
    /// <c>redis://[user[:password]@]host[:port][/database]</c>, percent-encoded; <c>rediss://</c> means TLS, with the certificates of files
    /// behind it: <c>?ca=…&amp;cert=…&amp;key=…</c>.
    /// </summary>
    /// <exception cref="RedisMLException">
    /// <c>InvalidConnectionString</c>; its message doesn't repeat the text, which may hold a password.
    /// </exception>
    public static ConnectionSettings Parse(string text)
    {
        if (!ConnectionUri.IsMatch(text)) return new(ParseOptions(text));
        var (options, certificates) = ConnectionUri.Parse(text);
        return new(options) { Certificates = certificates };
    }

    /// <summary>The same server with another user.</summary>
    /// <param name="user">Null, empty or <c>default</c> for the server's default user.</param>
    public ConnectionSettings WithCredential(string? user, string password) =>
        With(options => (options.User, options.Password) = (user is "" ? null : user, password));

    /// <summary>The same server through TLS.</summary>
    public ConnectionSettings WithTls() => With(options => options.Ssl = true);

    /// <summary>The same server through TLS, with these certificates, and for what they don't say with those that were there.</summary>
    public ConnectionSettings WithTls(TlsCertificates certificates) => WithTls() with { Certificates = certificates.Or(Certificates) };

    public override string ToString() => Tls ? $"rediss://{Endpoint}" : $"redis://{Endpoint}";

    internal ConfigurationOptions ToOptions()
    {
        var options = _options.Clone();
        options.Defaults = new ConnectionDefaults();
        Certificates.Apply(options);
        return options;
    }

    internal static string AddressOf(EndPoint address) => address is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{address}";

    internal static RedisMLException Invalid(string why) =>
        new("InvalidConnectionString", ErrorKind.InvalidArgument, $"The connection string can't be read: {why}.");

    ConnectionSettings With(Action<ConfigurationOptions> change)
    {
        var options = _options.Clone();
        change(options);
        return new(options)
        {
            Prefix = Prefix,
            LocalClock = LocalClock,
            Certificates = Certificates,
            FindObstacle = FindObstacle,
            EncryptionKey = EncryptionKey,
        };
    }

    static ConfigurationOptions ParseOptions(string text)
    {
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var addresses = parts.TakeWhile(p => !p.Contains('=')).Count();
        if (addresses == 0)
            throw Invalid("it must start with an address, host or host:port");
        // Such a part would be taken for one more address, and shown in errors: it may be the rest of a password.
        if (parts.Skip(addresses).Any(p => !p.Contains('=')))
            throw Invalid(
                "after the first option there is a part without '='. A password with a comma needs a redis:// URI or a credential");
        for (int i = 0; i < parts.Length; i++)
            if (!IsValid(parts[i])) throw Invalid($"its part {i + 1} is wrong");
        return ConfigurationOptions.Parse(text);
    }

    static bool IsValid(string part)
    {
        try
        {
            var addresses = ConfigurationOptions.Parse(part).EndPoints;
            return part.Contains('=') || addresses is [var address] && (address as DnsEndPoint)?.Host.Contains(':') != true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
