using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RedisML.Unit.Fixtures;

/// <summary>A certificate authority, and certificates by it, as files.</summary>
public sealed class TestCertificates : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly RSA _key = RSA.Create(2048);
    readonly X509Certificate2 _authority;

    public TestCertificates(string name = "Test authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        Authority = _folder.Write("ca.crt", _authority.ExportCertificatePem());
    }

    /// <summary>The path of the authority's certificate.</summary>
    public string Authority { get; }

    /// <summary>Issues a certificate: a file, and one with its key beside it.</summary>
    /// <param name="host">A DNS name or an address.</param>
    /// <param name="days">How long it is valid from now on; negative for one that has expired.</param>
    public (string Certificate, string Key) Issue(string host, int days = 10)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            _authority, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(days), RandomNumberGenerator.GetBytes(8));
        var name = $"{host}{days}";
        return (_folder.Write($"{name}.crt", certificate.ExportCertificatePem()),
            _folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }
}
