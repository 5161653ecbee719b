using System.Security.Cryptography.X509Certificates;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>Certificates of both sides with a real server, and what each kind of failure says, at once.</summary>
public sealed class TlsFailureTests : IDisposable
{
    readonly TestCertificates _certificates = new();
    readonly List<RedisServer> _servers = [];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var server in _servers) server.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task An_authority_that_is_named_is_trusted_and_its_clients_certificate_is_shown()
    {
        int port = StartServer(_certificates.Issue("localhost"), wantsClient: true);
        var (client, key) = _certificates.Issue("client");
        var certificates = new TlsCertificates().WithAuthority(_certificates.Authority).WithClient(client, key);
        await using var byParameters =
            await RedisMLConnection.ConnectAsync(ConnectionSettings.For("localhost", port).WithTls(certificates), Cancellation);
        Assert.True(byParameters.Tls);
        // The key lies beside the certificate, under its name.
        var uri = $"rediss://localhost:{port}?ca={Uri.EscapeDataString(_certificates.Authority)}&cert={Uri.EscapeDataString(client)}";
        await using var byUri = await RedisMLConnection.ConnectAsync(ConnectionSettings.Parse(uri), Cancellation);
        await byUri.Database.StringSetAsync("key", "value");
        Assert.Equal("value", await byParameters.Database.StringGetAsync("key"));
    }

    [Fact]
    public void The_cmdlet_takes_files_and_certificates_and_the_environment_names_them_too()
    {
        int port = StartServer(_certificates.Issue("localhost"), wantsClient: true);
        var (client, key) = _certificates.Issue("client");
        using var certificate = X509Certificate2.CreateFromPemFile(client, key);
        using var authority = X509CertificateLoader.LoadCertificateFromFile(_certificates.Authority);
        using var engine = new HostedEngine();
        var parameters = new Dictionary<string, object>
        {
            ["Port"] = port, ["Ca"] = _certificates.Authority, ["Cert"] = client, ["Key"] = key, ["Authority"] = authority,
            ["Client"] = certificate,
        };
        var result = engine.Invoke("""
            param($Port, $Ca, $Cert, $Key, $Authority, $Client)
            (Connect-RedisML -HostName localhost -Port $Port -CertificateAuthority $Ca -ClientCertificate $Cert -ClientKey $Key).Tls
            (Connect-RedisML "localhost:$Port" -CertificateAuthority $Authority -ClientCertificate $Client).Tls
            Disconnect-RedisML
            $env:REDISML_CERTIFICATE_AUTHORITY, $env:REDISML_CLIENT_CERTIFICATE, $env:REDISML_CLIENT_KEY = $Ca, $Cert, $Key
            try { (Connect-RedisML "rediss://localhost:$Port").Tls }
            finally { $env:REDISML_CERTIFICATE_AUTHORITY, $env:REDISML_CLIENT_CERTIFICATE, $env:REDISML_CLIENT_KEY = $null, $null, $null }
            """, parameters);
        Assert.Equal([true, true, true], result.OutputWithoutErrors.Select(o => o.BaseObject));
    }

    [Fact]
    public async Task A_client_certificate_that_is_wanted_and_not_given_is_asked_for()
    {
        int port = StartServer(_certificates.Issue("localhost"), wantsClient: true);
        var error = await FailAsync(Trusting("localhost", port));
        Assert.Equal(("ClientCertificateRequired", ErrorKind.AuthenticationError), (error.ErrorId, error.Kind));
        Assert.Contains("-ClientCertificate", error.Message);
    }

    [Fact]
    public async Task A_client_certificate_of_another_authority_is_refused()
    {
        using var others = new TestCertificates("Others");
        int port = StartServer(_certificates.Issue("localhost"), wantsClient: true);
        var (client, key) = others.Issue("client");
        var certificates = new TlsCertificates().WithAuthority(_certificates.Authority).WithClient(client, key);
        Assert.Equal("ClientCertificateRefused",
            (await FailAsync(At("localhost", port).WithTls(certificates))).ErrorId);
    }

    [Fact]
    public async Task Without_TLS_to_a_port_for_it()
    {
        int port = StartServer(_certificates.Issue("localhost"));
        var error = await FailAsync(At("localhost", port));
        Assert.Equal("TlsRequired", error.ErrorId);
        Assert.Contains("rediss://", error.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_TLS_to_a_port_without(bool wantsPassword)
    {
        var server = Start(wantsPassword ? ["requirepass secret"] : []);
        var error = await FailAsync(At("127.0.0.1", server.Port).WithTls());
        Assert.Equal("TlsFailed", error.ErrorId);
        Assert.Contains("no TLS is spoken at this port", error.Message);
    }

    [Fact]
    public async Task A_certificate_of_another_host_says_for_which_it_is()
    {
        int port = StartServer(_certificates.Issue("redis.example.com"));
        var error = await FailAsync(Trusting("localhost", port));
        Assert.Equal("TlsFailed", error.ErrorId);
        Assert.Contains("for 'redis.example.com' and not for 'localhost'", error.Message);
    }

    [Fact]
    public async Task An_expired_certificate_says_since_when()
    {
        int port = StartServer(_certificates.Issue("localhost", days: -3));
        var error = await FailAsync(Trusting("localhost", port));
        Assert.Equal("TlsFailed", error.ErrorId);
        Assert.Contains($"expired on {DateTime.Now.AddDays(-3):yyyy-MM-dd}", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_authority_that_isnt_trusted_is_named(bool namesAnother)
    {
        using var others = new TestCertificates("Others");
        int port = StartServer(others.Issue("localhost"));
        var error = await FailAsync(namesAnother ? Trusting("localhost", port) : At("localhost", port).WithTls());
        Assert.Equal("TlsFailed", error.ErrorId);
        Assert.Contains("issued by 'CN=Others', which isn't trusted here", error.Message);
        Assert.Contains("-CertificateAuthority", error.Message);
    }

    [Fact]
    public void A_certificate_without_a_key_or_a_file_that_is_none_cant_be_used()
    {
        var (client, key) = _certificates.Issue("client");
        foreach (var use in new Action[]
        {
            () => new TlsCertificates().WithClient(X509CertificateLoader.LoadCertificateFromFile(client)),
            () => new TlsCertificates().WithClient(key),
            () => new TlsCertificates().WithAuthority(key),
            () => new TlsCertificates().WithAuthority("no-such-file"),
        })
            Assert.Equal("CertificateUnreadable", Assert.Throws<RedisMLException>(use).ErrorId);
    }

    [Theory]
    [InlineData("redis://localhost?ca=x")]
    [InlineData("rediss://localhost?secret")]
    [InlineData("rediss://localhost?key=x")]
    [InlineData("rediss://localhost?password=secret")]
    public void A_query_that_isnt_about_certificates_is_refused_and_not_repeated(string uri)
    {
        var error = Assert.Throws<RedisMLException>(() => ConnectionSettings.Parse(uri));
        Assert.Equal("InvalidConnectionString", error.ErrorId);
        Assert.DoesNotContain("secret", error.Message);
    }

    ConnectionSettings Trusting(string host, int port) =>
        At(host, port).WithTls(new TlsCertificates().WithAuthority(_certificates.Authority));

    /// <summary>With a time to connect that nobody waits for.</summary>
    static ConnectionSettings At(string host, int port) =>
        ConnectionSettings.Parse($"{host}:{port},connectTimeout={2 * (int)Patience.Event.TotalMilliseconds}");

    /// <summary>Fails, and doesn't wait for what can be known at once.</summary>
    static Task<RedisMLException> FailAsync(ConnectionSettings settings) => Assert.ThrowsAsync<RedisMLException>(() =>
        RedisMLConnection.ConnectAsync(settings, Cancellation)).WaitAsync(Patience.Event, Cancellation);

    int StartServer((string Certificate, string Key) own, bool wantsClient = false)
    {
        int port = RedisServer.FreePort();
        Start($"tls-port {port}", $"tls-cert-file {own.Certificate}", $"tls-key-file {own.Key}",
            $"tls-ca-cert-file {_certificates.Authority}",
            $"tls-auth-clients {(wantsClient ? "yes" : "no")}");
        return port;
    }

    RedisServer Start(params string[] options)
    {
        RedisServer.SkipIfMissing();
        _servers.Add(new(options));
        return _servers[^1];
    }
}
