using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Whom a connection trusts, and by what it shows who it is; where it says nothing, what the system has goes.</summary>
public sealed class TlsCertificates
{
    const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    X509Certificate2Collection? _authorities;
    X509Certificate2? _client;

    /// <summary>Whether neither is given.</summary>
    public bool IsEmpty => _authorities is null && _client is null;

    internal X509Certificate2? Client => _client;

    internal bool HasClient => _client is not null;

    internal bool HasAuthority => _authorities is not null;

    /// <summary>Trusts a certificate authority and no other, or a server's own certificate.</summary>
    public TlsCertificates WithAuthority(X509Certificate2 authority) => new() { _authorities = [authority], _client = _client };

    /// <summary>Trusts the certificate authorities of a file and no others.</summary>
    /// <param name="path">PEM, one or several, or DER.</param>
    /// <exception cref="RedisMLException"><c>CertificateUnreadable</c></exception>
    public TlsCertificates WithAuthority(string path) => Read(path, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        if (authorities.Count == 0) authorities.Add(X509CertificateLoader.LoadCertificateFromFile(path));
        return new TlsCertificates { _authorities = authorities, _client = _client };
    });

    /// <summary>Shows a certificate where the server asks for one.</summary>
    /// <exception cref="RedisMLException"><c>CertificateUnreadable</c>: it has no private key.</exception>
    public TlsCertificates WithClient(X509Certificate2 client) =>
        client.HasPrivateKey ? new() { _authorities = _authorities, _client = client }
        : throw Unreadable(client.Subject, "it has no private key, by which a client proves that it is its own", null);

    /// <summary>Shows the certificate of a file where the server asks for one.</summary>
    /// <param name="path">PKCS #12 without a password; or PEM with the key in the same file,
    /// or in one with the extension <c>.key</c> beside it.</param>
    /// <param name="keyPath">Where else the key lies, PEM.</param>
    /// <exception cref="RedisMLException"><c>CertificateUnreadable</c></exception>
    public TlsCertificates WithClient(string path, string? keyPath = null) => Read(path, () =>
    {
        if (keyPath is null && Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
            return WithClient(X509CertificateLoader.LoadPkcs12FromFile(path, null));
        bool isWhole = keyPath is null && File.ReadAllText(path).Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        using var read = X509Certificate2.CreateFromPemFile(path, isWhole ? null : keyPath ?? Path.ChangeExtension(path, ".key"));
        // Windows takes no key that it hasn't stored itself.
        return WithClient(X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pfx), null));
    });

    /// <summary>These where something is given here, else those of <paramref name="others"/>.</summary>
    public TlsCertificates Or(TlsCertificates others) =>
        new() { _authorities = _authorities ?? others._authorities, _client = _client ?? others._client };

    internal void Apply(ConfigurationOptions options)
    {
        if (HasAuthority) options.CertificateValidation += (_, certificate, chain, errors) =>
            Judge(certificate, chain, errors).Errors == SslPolicyErrors.None;
        if (HasClient) options.CertificateSelection += (_, _, _, _, _) => _client!;
    }

    /// <summary>What is wrong with a server's certificate, by the authorities that are given, or those of the system.</summary>
    /// <param name="chain">As the system built it.</param>
    /// <param name="errors">As the system finds them.</param>
    internal (SslPolicyErrors Errors, X509ChainStatusFlags Status) Judge(X509Certificate? certificate, X509Chain? chain,
        SslPolicyErrors errors)
    {
        if (_authorities is null || certificate is null) return (errors, StatusOf(chain));
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        var others = errors & ~SslPolicyErrors.RemoteCertificateChainErrors;
        using var copy = new X509Certificate2(certificate);
        return own.Build(copy) ? (others, X509ChainStatusFlags.NoError)
            : (others | SslPolicyErrors.RemoteCertificateChainErrors, StatusOf(own));
    }

    static X509ChainStatusFlags StatusOf(X509Chain? chain) =>
        (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);

    static TlsCertificates Read(string path, Func<TlsCertificates> read)
    {
        try { return read(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unreadable(path, e.Message, e);
        }
    }

    static RedisMLException Unreadable(string what, string why, Exception? inner) =>
        new("CertificateUnreadable", ErrorKind.InvalidData, $"The certificate '{what}' can't be used: {why.TrimEnd('.')}.", what, inner);
}
