using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>Finds out why no connection comes about, which the Redis client doesn't tell: takes the same steps, one by one.</summary>
sealed class ConnectionProbe(ConnectionSettings settings)
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    readonly ConfigurationOptions _options = settings.ToOptions();
    readonly string _endpoint = settings.Endpoint;
    readonly TlsProbe _tls = new(settings.ToOptions(), settings.Certificates, settings.Endpoint);

    /// <summary>Checks that one of the addresses accepts connections. Where none does,
    /// the Redis client may wait for its whole timeout.</summary>
    internal async Task CheckReachableAsync(CancellationToken cancellation)
    {
        if (_options.Tunnel is not null) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<RedisMLException?>[] attempts = [.. _options.EndPoints.Select(address => TryReachAsync(address, end.Token))];
        await foreach (var attempt in Task.WhenEach(attempts).ConfigureAwait(false))
        {
            if (await attempt.ConfigureAwait(false) is not null) continue;
            await end.CancelAsync().ConfigureAwait(false);
            return;
        }
        throw (await attempts[0].ConfigureAwait(false))!;
    }

    /// <summary>Where TLS can't come about, the Redis client would try until its timeout, and not say why.</summary>
    /// <exception cref="RedisMLException"><c>TlsFailed</c>, <c>ClientCertificateRequired</c>, <c>ClientCertificateRefused</c>.</exception>
    internal async Task CheckTlsAsync(CancellationToken cancellation)
    {
        if (!_options.Ssl || _options.Tunnel is not null || _options.ServiceName is not null || _options.EndPoints.Count > 1) return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(_options.ConnectTimeout);
        try
        {
            if (await TryStepsAsync(deadline.Token)
                .ConfigureAwait(false) is { ErrorId: "TlsFailed" or "ClientCertificateRequired" or "ClientCertificateRefused" } error)
                throw error;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException
            && !cancellation.IsCancellationRequested)
        {
            // The client tries too, and what it comes to is explained.
        }
    }

    /// <summary>The error to show where the Redis client failed although an address could be reached.</summary>
    internal async Task<RedisMLException> ExplainAsync(Exception failure, CancellationToken cancellation)
    {
        // A sentinel could be reached; it knows no such service, or none whose primary lives.
        if (_options.ServiceName is not null) return RedisErrors.Failed(_endpoint, failure.Message, failure);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(s_patience);
        try
        {
            return await TryStepsAsync(deadline.Token).ConfigureAwait(false) ?? RedisErrors.Failed(_endpoint, failure.Message, failure);
        }
        catch (SocketException e)
        {
            return RedisErrors.FromSocket(e, _endpoint);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return RedisErrors.TimedOut(_endpoint, failure);
        }
        catch (IOException e)
        {
            return RedisErrors.Failed(_endpoint, e.Message, e);
        }
    }

    async Task<RedisMLException?> TryReachAsync(EndPoint address, CancellationToken cancellation)
    {
        if (address is UnixDomainSocketEndPoint) return null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(_options.ConnectTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e)
        {
            return RedisErrors.FromSocket(e, ConnectionSettings.AddressOf(address));
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            return RedisErrors.TimedOut(ConnectionSettings.AddressOf(address), e);
        }
    }

    async Task<RedisMLException?> TryStepsAsync(CancellationToken cancellation)
    {
        var address = _options.EndPoints[0];
        if (address is UnixDomainSocketEndPoint) return null;
        if (_options.Ssl)
            return await _tls.TryAsync(address, secure => TryCommandsAsync(secure, cancellation), cancellation).ConfigureAwait(false);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await using var network = new NetworkStream(socket);
        try
        {
            var error = await TryCommandsAsync(network, cancellation).ConfigureAwait(false);
            if (error?.ErrorId != "NotRedis" || !await TlsProbe.IsTlsAsync(address, cancellation).ConfigureAwait(false)) return error;
            return RedisErrors.TlsRequired(_endpoint, error);
        }
        catch (IOException e)
        {
            // So a server ends a connection whose first bytes aren't those of TLS.
            if (!await TlsProbe.IsTlsAsync(address, cancellation).ConfigureAwait(false)) throw;
            return RedisErrors.TlsRequired(_endpoint, e);
        }
    }

    /// <summary>Signs in, and sends the command with which the Redis client greets a server.</summary>
    async Task<RedisMLException?> TryCommandsAsync(Stream stream, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        if (_options.Password is { } password)
        {
            string[] command = _options.User is { } user ? ["AUTH", user, password] : ["AUTH", password];
            if (await TryCommandAsync(command).ConfigureAwait(false) is { ErrorId: not "RedisError" } error) return error;
        }
        return await TryCommandAsync(["ECHO", "RedisML"]).ConfigureAwait(false);

        async Task<RedisMLException?> TryCommandAsync(string[] command)
        {
            await stream.WriteAsync(Encode(command), cancellation).ConfigureAwait(false);
            var reply = await reader.ReadLineAsync(cancellation).ConfigureAwait(false);
            return reply switch
            {
                null or "" => RedisErrors.NotRedis(_endpoint, "closed the connection without an answer"),
                ['-', .. var error] => RedisErrors.FromReply(error, _endpoint),
                ['+' or '$', ..] => null,
                _ => RedisErrors.NotRedis(_endpoint, "doesn't answer as a Redis server does"),
            };
        }
    }

    static byte[] Encode(string[] command)
    {
        var text = new StringBuilder().Append('*').Append(command.Length).Append("\r\n");
        foreach (var word in command) text.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
