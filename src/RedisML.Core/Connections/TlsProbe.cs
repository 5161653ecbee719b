using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Takes the first steps of a connection over TLS, and says what is wrong with either side's certificate,
/// or that there is no TLS.</summary>
sealed class TlsProbe(ConfigurationOptions options, TlsCertificates certificates, string endpoint)
{
    /// <summary>A server that hasn't said anything by then is asked without TLS too.</summary>
    static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(300);

    SslPolicyErrors _errors;
    X509ChainStatusFlags _status;
    X509Certificate2? _server;
    bool _isAsked;

    /// <summary>Connects, and hands the encrypted stream on.</summary>
    /// <param name="use">Sends something and reads the answer: only then is a client's certificate refused.</param>
    /// <returns>The error; null where all is well.</returns>
    public async Task<RedisMLException?> TryAsync(EndPoint address, Func<Stream, Task<RedisMLException?>> use,
        CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await using var secure = new SslStream(new NetworkStream(socket));
        var host = options.SslHost ?? (address as DnsEndPoint)?.Host ?? ((IPEndPoint)address).Address.ToString();
        var handshake = secure.AuthenticateAsClientAsync(new()
        {
            TargetHost = host,
            EnabledSslProtocols = options.SslProtocols ?? SslProtocols.None,
            RemoteCertificateValidationCallback = Judge,
            LocalCertificateSelectionCallback = Select,
        }, cancellation);
        try
        {
            // A server that knows no TLS may wait for the rest of what it takes for a command.
            await Task.WhenAny(handshake, Task.Delay(s_quiet, cancellation)).ConfigureAwait(false);
            if (!handshake.IsCompleted && await IsPlainAsync(address, cancellation).ConfigureAwait(false)) return NotSpoken(null);
            await handshake.ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            if (_errors != SslPolicyErrors.None) return Refused(host, e);
            if (_server is null) return await IsPlainAsync(address, cancellation).ConfigureAwait(false) ? NotSpoken(e)
                : RedisErrors.TlsFailed(endpoint, Cause(e), e);
            return ClientRefused(e);
        }
        catch (OperationCanceledException e)
        {
            return RedisErrors.TlsFailed(endpoint, "the server doesn't answer the handshake", e);
        }
        try { return await use(secure).ConfigureAwait(false); }
        catch (Exception e) when (e is AuthenticationException or IOException
            && (_isAsked || certificates.HasClient))
        {
            return ClientRefused(e);
        }
    }

    /// <summary>Whether a server answers as one of Redis without TLS.</summary>
    public static async Task<bool> IsPlainAsync(EndPoint address, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(1));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, deadline.Token).ConfigureAwait(false);
            await socket.SendAsync("PING\r\n"u8.ToArray(), deadline.Token).ConfigureAwait(false);
            var answer = new byte[1];
            return await socket.ReceiveAsync(answer, deadline.Token).ConfigureAwait(false) == 1 && answer[0] is (byte)'+' or (byte)'-';
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Whether a server begins to speak TLS.</summary>
    public static async Task<bool> IsTlsAsync(EndPoint address, CancellationToken cancellation)
    {
        bool hasCertificate = false;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
            await using var secure =
                new SslStream(new NetworkStream(socket), false, (_, certificate, _, _) => hasCertificate = certificate is not null);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "" }, cancellation)
                .ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or OperationCanceledException)
        {
            return hasCertificate;
        }
    }

    bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        (_errors, _status) = certificates.Judge(certificate, chain, errors);
        if (certificate is not null) _server = new(certificate);
        return _errors == SslPolicyErrors.None;
    }

    /// <summary>Asked once before anything is known of the server, then again where that wants a certificate.</summary>
    X509Certificate Select(object sender, string host, X509CertificateCollection local, X509Certificate? remote, string[] issuers)
    {
        if (remote is not null) _isAsked = true;
        return certificates.Client!;
    }

    RedisMLException NotSpoken(Exception? e) => RedisErrors.TlsFailed(endpoint,
        "no TLS is spoken at this port. Leave out -Tls, or begin the URI with redis://, or take the server's port for TLS", e);

    RedisMLException Refused(string host, Exception e)
    {
        string names = _server is null ? "" : string.Join(", ", NamesOf(_server));
        return RedisErrors.TlsFailed(endpoint, _server is null ? "the server shows no certificate"
            : _errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? $"the certificate is for {names} and not for '{host}'. Connect by a name that it is for"
            : _status.HasFlag(X509ChainStatusFlags.NotTimeValid) && DateTime.Now > _server.NotAfter
                ? $"the certificate of {names} expired on {_server.NotAfter:yyyy-MM-dd}. The server needs a new one"
            : _status.HasFlag(X509ChainStatusFlags.NotTimeValid)
                ? $"the certificate of {names} isn't valid before {_server.NotBefore:yyyy-MM-dd}, or one that it rests on isn't valid " +
                    "now. Check the clocks"
            : (_status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
                ? $"the certificate of {names} was issued by '{_server.Issuer}', which isn't trusted here. If it is the right one, name " +
                    "its authority: " +
                    "-CertificateAuthority"
            : $"the certificate of {names} isn't acceptable ({_status})", e);
    }

    RedisMLException ClientRefused(Exception e) => certificates.HasClient
        ? new("ClientCertificateRefused", ErrorKind.AuthenticationError,
            $"{endpoint} refused the client certificate ({Cause(e)}). Check that its authority is one that the server trusts, and that " +
            "it hasn't expired.",
            endpoint, e)
        : new("ClientCertificateRequired", ErrorKind.AuthenticationError,
            $"{endpoint} wants a client certificate. Give one: -ClientCertificate, cert= in the URI, or $env:REDISML_CLIENT_CERTIFICATE.",
            endpoint, e);

    static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(n => n.EnumerateDnsNames().Concat(n.EnumerateIPAddresses().Select(a => a.ToString()))).Select(n => $"'{n}'")
                .ToList();
        return names.Count > 0 ? names : [$"'{certificate.GetNameInfo(X509NameType.DnsName, false)}'"];
    }

    static string Cause(Exception e) => (e.InnerException ?? e).Message.TrimEnd('.');
}
