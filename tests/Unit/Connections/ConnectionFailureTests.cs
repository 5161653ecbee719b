using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Unit.Fixtures;
using StackExchange.Redis;

namespace RedisML.Unit.Connections;

public sealed class ConnectionFailureTests(EmbeddedServerFixture embedded)
{
    const string Secret = "s3cr3t-word";

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        int port = RedisServer.FreePort();
        var error = await FailureAsync(ConnectionSettings.For("127.0.0.1", port));
        AssertError(error, "ConnectionRefused", ErrorKind.ConnectionError, $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task An_unknown_host_is_not_found() =>
        AssertError(await FailureAsync(ConnectionSettings.Parse($"no-such-host.invalid,password={Secret}")),
            "HostNotFound", ErrorKind.ConnectionError, "no-such-host.invalid:6379");

    [Fact]
    public async Task A_wrong_password_fails_to_authenticate()
    {
        var error = await FailureAsync(ConnectionSettings.For("127.0.0.1", embedded.Port).WithCredential(null, Secret));
        AssertError(error, "AuthenticationFailed", ErrorKind.AuthenticationError, $"127.0.0.1:{embedded.Port}");
    }

    [Fact]
    public async Task No_password_where_one_is_wanted_fails_to_authenticate()
    {
        var error = await FailureAsync(ConnectionSettings.For("127.0.0.1", embedded.Port));
        AssertError(error, "AuthenticationFailed", ErrorKind.AuthenticationError, "password");
    }

    [Theory]
    [InlineData(null, "AuthenticationFailed")]
    [InlineData("default", "AuthenticationFailed")]
    [InlineData("nobody", "AuthenticationFailed")]
    [InlineData("stranger", "PermissionDenied")]
    [InlineData("mute", "PermissionDenied")]
    public async Task A_real_server_says_why_it_refuses_a_user(string? user, string errorId)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer(
            "requirepass right", $"user stranger on >{Secret} ~elsewhere:* +@all", $"user mute on >{Secret} ~* +get");
        var error = await FailureAsync(ConnectionSettings.For("127.0.0.1", server.Port).WithCredential(user, Secret));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains($"127.0.0.1:{server.Port}", error.Message);
    }

    [Fact]
    public async Task A_wrong_password_fails_even_where_anybody_may_enter()
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer("user alice on >right ~* +@all");
        var error = await FailureAsync(ConnectionSettings.For("127.0.0.1", server.Port).WithCredential("alice", Secret));
        Assert.Equal("AuthenticationFailed", error.ErrorId);
    }

    /// <summary>The client goes on in database 0 then, and says nothing.</summary>
    [Theory]
    [InlineData("reader", 3, ErrorKind.PermissionDenied, "+select")]
    [InlineData("chooser", 99, ErrorKind.ObjectNotFound, "no database 99")]
    [InlineData(null, 99, ErrorKind.ObjectNotFound, "no database 99")]
    [InlineData(null, 3, ErrorKind.ObjectNotFound, "no database 3", "cluster-enabled yes")]
    [InlineData("reader", 3, ErrorKind.ObjectNotFound, "no database 3", "cluster-enabled yes")]
    public async Task A_database_that_isnt_to_be_had_is_an_error(
        string? user, int database, ErrorKind kind, string says, params string[] options)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer([.. Users, .. options]);
        var error = await FailureAsync(ConnectionSettings.Parse(Uri(server, user, database)));
        AssertError(error, "DatabaseNotSelected", kind, says);
    }

    [Theory]
    [InlineData("chooser")]
    [InlineData(null)]
    public async Task A_database_that_is_named_is_used(string? user)
    {
        RedisServer.SkipIfMissing();
        using var server = new RedisServer(Users);
        await using var connection = await RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(Uri(server, user, 3)),
            TestContext.Current.CancellationToken);
        await connection.Database.StringSetAsync("redisml:key", "value");
        await using var other = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port}");
        Assert.True(await other.GetDatabase(3).KeyExistsAsync("redisml:key"));
        Assert.False(await other.GetDatabase(0).KeyExistsAsync("redisml:key"));
    }

    static string[] Users => [$"user reader on >{Secret} {AccessRule.For(AccessRole.All)}",
        $"user chooser on >{Secret} {AccessRule.For(AccessRole.All)} +select"];

    static string Uri(RedisServer server, string? user, int database) =>
        $"redis://{(user is null ? "" : $"{user}:{Secret}@")}127.0.0.1:{server.Port}/{database}";

    [Fact]
    public async Task Tls_to_a_plain_port_fails() =>
        AssertError(await FailureAsync(At(embedded.Port, tls: true)), "TlsFailed", ErrorKind.ConnectionError, "TLS");

    [Fact]
    public async Task A_certificate_that_nobody_trusts_fails()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var server = new Listener(async client =>
        {
            await using var secure = new SslStream(client);
            await secure.AuthenticateAsServerAsync(certificate);
        });
        AssertError(await FailureAsync(At(server.Port, tls: true)), "TlsFailed", ErrorKind.ConnectionError, "certificate");
    }

    [Fact]
    public async Task A_port_that_never_answers_times_out()
    {
        using var server = new Listener(_ => Task.Delay(Timeout.Infinite));
        AssertError(await FailureAsync(Quick(server.Port)), "ConnectionTimedOut", ErrorKind.OperationTimeout, $"127.0.0.1:{server.Port}");
    }

    [Fact]
    public async Task A_server_of_something_else_is_not_redis()
    {
        using var server = new Listener(client => client.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()).AsTask());
        AssertError(await FailureAsync(At(server.Port)), "NotRedis", ErrorKind.ConnectionError, $"127.0.0.1:{server.Port}");
    }

    [Fact]
    public async Task Connecting_stops_when_told_to()
    {
        using var server = new Listener(_ => Task.Delay(Timeout.Infinite));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RedisMLConnection.ConnectAsync(Quick(server.Port), cancel.Token));
    }

    /// <summary>Where no answer is to come.</summary>
    static ConnectionSettings Quick(int port) => At(port, timeout: 500);

    /// <param name="timeout">Milliseconds; longer than what is to come takes on a machine that is busy.</param>
    static ConnectionSettings At(int port, bool tls = false, int timeout = 60_000) =>
        ConnectionSettings.Parse($"127.0.0.1:{port},connectTimeout={timeout},ssl={tls},password={Secret}");

    static async Task<RedisMLException> FailureAsync(ConnectionSettings settings)
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() =>
            RedisMLConnection.ConnectAsync(settings, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Secret, error.ToString());
        return error;
    }

    static void AssertError(RedisMLException error, string errorId, ErrorKind kind, string part)
    {
        Assert.Equal((errorId, kind), (error.ErrorId, error.Kind));
        Assert.Contains(part, error.Message);
    }

    /// <summary>A server that does the same with everybody.</summary>
    sealed class Listener : IDisposable
    {
        readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        // Nothing else holds a client that is never answered, and the garbage collector would hang up.
        readonly List<TcpClient> _clients = [];

        internal Listener(Func<NetworkStream, Task> serve)
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = ServeAsync(serve);
        }

        internal int Port { get; }

        public void Dispose() => _listener.Dispose();

        async Task ServeAsync(Func<NetworkStream, Task> serve)
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = ServeAsync(client, serve);
            }
        }

        static async Task ServeAsync(TcpClient client, Func<NetworkStream, Task> serve)
        {
            using (client) await serve(client.GetStream());
        }
    }
}
