using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Connections;

/// <summary>TLS with a real server, whose certificate the process trusts.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Data_goes_over_TLS_to_a_server_that_is_trusted()
    {
        RedisServer.SkipIfMissing();
        // What OpenSSL trusts can be set for a process; Windows and macOS have a store for the whole user.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs SSL_CERT_FILE");
        using var folder = new TemporaryFolder();
        var (certificate, key) = WriteCertificate(folder);
        int port = RedisServer.FreePort();
        using var server = new RedisServer($"tls-port {port}", $"tls-cert-file {certificate}", $"tls-key-file {key}",
            $"tls-ca-cert-file {certificate}", "tls-auth-clients no");

        using var process = new HostProcess("""
            param($Port, $Data)
            $connection = Connect-RedisML -HostName localhost -Port $Port -Tls
            "tls $($connection.Tls)"
            (Import-RedisTrainingData $Data -Dataset points).RowsWritten
            (Get-RedisTrainingData points)[1].y
            Disconnect-RedisML
            (Connect-RedisML "rediss://localhost:$Port").Tls
            """, [$"{port}", folder.Write("points.csv", "x,y\n1,2\n3,4\n")], new Dictionary<string, string?> { ["SSL_CERT_FILE"] = certificate });
        var (exitCode, text) = await process.FinishAsync();

        Assert.Equal("tls True\n2\n4\nTrue\n", text);
        Assert.Equal(0, exitCode);
    }

    static (string Certificate, string Key) WriteCertificate(TemporaryFolder folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (folder.Write("server.crt", certificate.ExportCertificatePem()), folder.Write("server.key", key.ExportPkcs8PrivateKeyPem()));
    }
}
