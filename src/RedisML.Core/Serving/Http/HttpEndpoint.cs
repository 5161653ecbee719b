using System.Net;
using System.Security.Cryptography;
using System.Text;
using RedisML.Errors;

namespace RedisML.Serving.Http;

/// <summary>Answers HTTP on a port. Whoever speaks to it is a stranger: sizes, times and numbers are bounded, and nothing that is sent
/// ends it.</summary>
sealed class HttpEndpoint : IAsyncDisposable
{
    /// <summary>Requests worked on at once; others are told to come later.</summary>
    const int MostAtOnce = 64;

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    readonly HttpListener _listener;
    readonly InferenceRouter _router;
    readonly byte[]? _token;
    readonly TimeSpan _bodyPatience;
    readonly SemaphoreSlim _free = new(MostAtOnce);
    readonly Task _accepting;

    HttpEndpoint(HttpListener listener, InferenceRouter router, HttpOptions options)
    {
        (_listener, _router, _bodyPatience) = (listener, router, options.BodyPatience);
        _token = options.Token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(options.Token));
        _accepting = Task.Run(AcceptAsync);
    }

    /// <exception cref="RedisMLException"><c>TokenRequired</c>, <c>PortUnusable</c>.</exception>
    public static HttpEndpoint Start(HttpOptions options, InferenceRouter router)
    {
        options.Check();
        string address = options.Address is "0.0.0.0" or "::" or "*" ? "+" : options.Address;
        // The name of a loopback address counts as much as the address.
        string[][] attempts = options.IsLoopback ? [[address, "localhost"], [address]] : [[address]];
        foreach (var (index, hosts) in attempts.Index())
        {
            var listener = new HttpListener { IgnoreWriteExceptions = true };
            try
            {
                foreach (var host in hosts.Distinct())
                    listener.Prefixes.Add($"http://{(host.Contains(':') ? $"[{host}]" : host)}:{options.Port}/");
                listener.Start();
                return new(listener, router, options);
            }
            catch (Exception e) when (e is HttpListenerException or ArgumentException or System.Net.Sockets.SocketException)
            {
                listener.Close();
                if (index < attempts.Length - 1) continue;
                throw new RedisMLException("PortUnusable", ErrorKind.ResourceBusy,
                    $"The service can't listen on port {options.Port} of {options.Address}: {e.Message}. Take another.", options.Port, e);
            }
        }
        throw new System.Diagnostics.UnreachableException();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _accepting.ConfigureAwait(false);
    }

    async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // At the end; or a connection that broke before it was a request.
                if (_listener.IsListening) await Task.Delay(s_pause).ConfigureAwait(false);
                continue;
            }
            _ = Task.Run(() => HandleAsync(context));
        }
    }

    async Task HandleAsync(HttpListenerContext context)
    {
        bool isTaken = _free.Wait(0);
        try
        {
            var (status, reply) = isTaken ? await AnswerAsync(context.Request).ConfigureAwait(false)
                : (503, InferenceReply.Error("Too many requests at once. Ask again."));
            var response = context.Response;
            response.StatusCode = status;
            response.ContentType = "application/json";
            response.Headers["X-Content-Type-Options"] = "nosniff";
            if (status == 401) response.Headers["WWW-Authenticate"] = "Bearer";
            // What wasn't read of a body would be taken for the next request.
            if (status is 401 or 408 or 413 or 415 or 503) response.KeepAlive = false;
            response.ContentLength64 = reply.Length;
            if (context.Request.HttpMethod != "HEAD") await response.OutputStream.WriteAsync(reply).ConfigureAwait(false);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException
            or ProtocolViolationException)
        {
            // The client has gone.
            context.Response.Abort();
        }
        finally
        {
            if (isTaken) _free.Release();
        }
    }

    async Task<(int Status, byte[] Reply)> AnswerAsync(HttpListenerRequest request)
    {
        try
        {
            Authorize(request);
            var body = InferenceRouter.TakesBody(request.HttpMethod) ? await ReadAsync(request).ConfigureAwait(false) : default;
            string path = request.RawUrl ?? "";
            return (200, _router.Answer(request.HttpMethod, path[..(path.IndexOf('?') is >= 0 and var end ? end : path.Length)], body));
        }
        catch (HttpProblem e)
        {
            return (e.Status, InferenceReply.Error(e.Message));
        }
        catch (Exception e) when (e is not (HttpListenerException or ObjectDisposedException))
        {
            return (500, InferenceReply.Error("The request failed."));
        }
    }

    /// <summary>Health is nobody's secret: those who look after the machine ask for it without a token.</summary>
    void Authorize(HttpListenerRequest request)
    {
        if (_token is null || request.RawUrl?.StartsWith("/v2/health/", StringComparison.Ordinal) == true) return;
        const string scheme = "Bearer ";
        string given = request.Headers["Authorization"] ?? "";
        if (!given.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || !CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given[scheme.Length..].Trim())), _token))
            throw new HttpProblem(401, "A token is required: Authorization: Bearer …");
    }

    async Task<ReadOnlyMemory<byte>> ReadAsync(HttpListenerRequest request)
    {
        // A page in a browser can't send this type elsewhere without being allowed to.
        if (request.ContentType?.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new HttpProblem(415, "The body is JSON: Content-Type: application/json.");
        if (request.ContentLength64 > ServiceLimits.RequestBytes) throw TooLarge();
        using var patience = new CancellationTokenSource(_bodyPatience);
        var body = new byte[request.ContentLength64 >= 0 ? (int)request.ContentLength64 : ServiceLimits.RequestBytes + 1];
        int length = 0;
        try
        {
            while (length < body.Length)
            {
                int read = await request.InputStream.ReadAsync(body.AsMemory(length), CancellationToken.None).AsTask()
                    .WaitAsync(patience.Token).ConfigureAwait(false);
                if (read == 0) break;
                length += read;
            }
        }
        catch (OperationCanceledException)
        {
            throw new HttpProblem(408, $"The body didn't come within {_bodyPatience.TotalSeconds:0} s.");
        }
        return length <= ServiceLimits.RequestBytes ? body.AsMemory(0, length) : throw TooLarge();
    }

    static HttpProblem TooLarge() => new(413, $"A request has up to {ServiceLimits.RequestBytes:N0} bytes.");
}
