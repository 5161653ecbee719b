using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Models;
using RedisML.Serving;
using RedisML.Serving.Http;
using RedisML.Unit.Fixtures;

namespace RedisML.Unit.Serving.Http;

/// <summary>The Open Inference Protocol as clients and strangers see it.</summary>
public sealed class HttpEndpointTests(EmbeddedServerFixture embedded) : IAsyncLifetime
{
    readonly HttpClient _client = new() { Timeout = Patience.Event };
    readonly int _port = RedisServer.FreePort();
    RedisMLConnection _connection = null!;
    PredictionInstance? _instance;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await embedded.ConnectAsync();
        await ServedModels.PublishClassAsync(_connection, "churn");
        _client.BaseAddress = new($"http://127.0.0.1:{_port}/");
    }

    public async ValueTask DisposeAsync()
    {
        _instance?.SignalStop();
        if (_instance is not null) await _instance.Completion.WaitAsync(Patience.Event, Cancellation);
        await _connection.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task Models_metadata_health_and_inference_are_those_of_the_protocol()
    {
        await StartAsync();
        Assert.Equal("""{"name":"RedisML","version":"0.1.0","extensions":[]}""", await GetAsync("v2"));
        Assert.Equal("""{"live":true}""", await GetAsync("v2/health/live"));
        Assert.Equal("""{"ready":true}""", await GetAsync("v2/health/ready?verbose=1"));
        Assert.Equal("""{"models":["churn","s"]}""", await GetAsync("v2/models"));
        Assert.Equal("""{"name":"churn","ready":true}""", await GetAsync("v2/models/churn/versions/1/ready"));
        Assert.Equal("""{"name":"churn","versions":["1"],"platform":"redisml","inputs":[{"name":"x","datatype":"FP64","shape":[-1]},{"name":"c","datatype":"BYTES","shape":[-1]}],"outputs":[{"name":"Prediction","datatype":"BYTES","shape":[-1]},{"name":"Probability","datatype":"FP64","shape":[-1]},{"name":"Probability_no","datatype":"FP64","shape":[-1]},{"name":"Probability_yes","datatype":"FP64","shape":[-1]}]}""",
            await GetAsync("v2/models/churn"));
        Assert.Equal("""{"model_name":"s","model_version":"1","id":"7","outputs":[{"name":"Prediction","datatype":"BYTES","shape":[3],"data":["yes","no",null]},{"name":"Probability","datatype":"FP64","shape":[3],"data":[1,0.5,null]},{"name":"Probability_no","datatype":"FP64","shape":[3],"data":[0,0.5,null]},{"name":"Probability_yes","datatype":"FP64","shape":[3],"data":[1,0.5,null]}]}""",
            await InferAsync("s", """{"id": "7", "inputs": [{"name": "x", "shape": [3, 1], "datatype": "FP64", "data": [[0], [0], [null]]}, {"name": "c", "shape": [3], "datatype": "BYTES", "data": ["vé", "u", "u"]}, {"name": "other", "data": [{}]}]}"""));
        Assert.Equal(1, _instance!.Status.Answered);
    }

    [Theory]
    [InlineData(404, "GET", "v2/models/chrun", null)]
    [InlineData(404, "GET", "v2/models/churn/versions/2", null)]
    [InlineData(404, "GET", "v2/models/churn/weights", null)]
    [InlineData(404, "GET", "v2/models/..%2f..%2fetc", null)]
    [InlineData(404, "GET", "v1/models", null)]
    [InlineData(405, "GET", "v2/models/churn/infer", null)]
    [InlineData(405, "DELETE", "v2/models/churn", null)]
    [InlineData(400, "POST", "v2/models/churn/infer", "")]
    [InlineData(400, "POST", "v2/models/churn/infer", "[]")]
    [InlineData(400, "POST", "v2/models/churn/infer", """{"inputs": 5}""")]
    [InlineData(400, "POST", "v2/models/churn/infer", """{"inputs": [{"name": "x", "data": [1]}]}""")]
    [InlineData(400, "POST", "v2/models/churn/infer", """{"inputs": [{"name": "x", "data": [1]}, {"name": "c", "data": ["u", "u"]}]}""")]
    [InlineData(400, "POST", "v2/models/churn/infer", """{"inputs": [{"name": "x", "shape": [2], "data": [1]}, {"name": "c", "data": ["u"]}]}""")]
    [InlineData(400, "POST", "v2/models/churn/infer", """{"inputs": [{"name": "x", "data": ["much"]}, {"name": "c", "data": ["u"]}]}""")]
    public async Task What_cannot_be_answered_has_a_status_and_a_reason(int status, string method, string path, string? body)
    {
        await StartAsync();
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : Json(body) };
        using var response = await _client.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.NotEqual("", answer.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Sizes_and_types_are_bounded()
    {
        await StartAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            await PostAsync(new ByteArrayContent(new byte[(1 << 20) + 1]), "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(
            new StringContent($$"""{"inputs": [{"name": "x", "data": [{{string.Join(',', Enumerable.Repeat("1", 10_001))}}]}]}"""), "application/json"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync(new StringContent("{}"), "text/plain"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(new StringContent(new string('[', 5000)), "application/json"));

        async Task<HttpStatusCode> PostAsync(HttpContent content, string type)
        {
            content.Headers.ContentType = new(type);
            using var response = await _client.PostAsync("v2/models/churn/infer", content, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        await StartAsync(bodyPatience: TimeSpan.FromMilliseconds(50));
        using var socket = await BeginRequestAsync();
        using var reader = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(Cancellation));
        Assert.Equal("""{"ready":true}""", await GetAsync("v2/health/ready"));
    }

    [Fact]
    public async Task More_requests_than_are_worked_on_at_once_are_told_to_come_again()
    {
        await StartAsync(bodyPatience: TimeSpan.FromMinutes(1));
        var waiting = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => BeginRequestAsync()));
        await UntilAsync(HttpStatusCode.ServiceUnavailable);
        foreach (var socket in waiting) socket.Dispose();
        await UntilAsync(HttpStatusCode.OK);

        async Task UntilAsync(HttpStatusCode status)
        {
            for (var got = (HttpStatusCode)0; got != status;)
            {
                using var response = await _client.GetAsync("v2/health/ready", Cancellation);
                got = response.StatusCode;
                Assert.Contains(got, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable });
            }
        }
    }

    /// <summary>Sends the head of a request, and nothing of its body.</summary>
    async Task<TcpClient> BeginRequestAsync()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port, Cancellation);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/churn/infer HTTP/1.1\r\nHost: 127.0.0.1:{_port}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"), Cancellation);
        return socket;
    }

    [Fact]
    public async Task No_bytes_end_the_service()
    {
        await StartAsync();
        var random = new Random(5);
        var body = """{"inputs": [{"name": "x", "shape": [2], "data": [0, 1e300]}, {"name": "c", "data": ["u", "\u0000"]}]}""";
        string head = $"POST /v2/models/churn/infer HTTP/1.1\r\nHost: 127.0.0.1:{_port}\r\nContent-Type: application/json\r\n";
        var valid = Encoding.UTF8.GetBytes(head +
            $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        List<byte[]> requests =
        [
            [0, 255, 13, 10, 13, 10], "GET\r\n\r\n"u8.ToArray(),
            Encoding.ASCII.GetBytes($"GET /{new string('a', 100_000)} HTTP/1.1\r\n\r\n"),
            Encoding.ASCII.GetBytes($"GET /v2 HTTP/1.1\r\nHost: evil.example\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 5000))}\r\n"),
            Encoding.ASCII.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ];
        for (int i = 0; i < 150; i++)
        {
            var bytes = valid.ToArray();
            for (int change = random.Next(1, 6); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            requests.Add(bytes[..random.Next(bytes.Length + 1)]);
        }
        foreach (var request in requests)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, _port, Cancellation);
            try { await socket.GetStream().WriteAsync(request, Cancellation); }
            catch (IOException) { }
        }
        Assert.Equal("""{"ready":true}""", await GetAsync("v2/health/ready"));
        Assert.Contains("\"no\"", await InferAsync("churn", """{"inputs": [{"name": "x", "data": [-1]}, {"name": "c", "data": ["u"]}]}"""));
        Assert.False(_instance!.Completion.IsCompleted);
        Assert.Null(_instance.Status.LastError);
    }

    [Fact]
    public async Task Beyond_this_machine_a_token_is_required_and_checked()
    {
        var error = await Assert.ThrowsAsync<RedisMLException>(() => StartAsync(address: "+"));
        Assert.Equal("TokenRequired", error.ErrorId);
        await StartAsync(token: "s3cret");
        Assert.Equal("""{"live":true}""", await GetAsync("v2/health/live"));
        foreach (var given in new[] { null, "", "s3cre", "s3cret2" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "v2/models");
            if (given is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {given}");
            using var response = await _client.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "s3cret");
        Assert.Equal("""{"models":["churn","s"]}""", await GetAsync("v2/models"));
    }

    [Fact]
    public async Task A_port_in_use_is_told_and_the_end_frees_it()
    {
        await StartAsync();
        var error = await Assert.ThrowsAsync<RedisMLException>(() => NewAsync(null, "127.0.0.1"));
        Assert.Equal("PortUnusable", error.ErrorId);
        _instance!.SignalStop();
        await _instance.Completion.WaitAsync(Patience.Event, Cancellation);
        await StartAsync();
        Assert.Equal("""{"ready":true}""", await GetAsync("v2/health/ready"));
    }

    async Task StartAsync(string? token = null, string address = "127.0.0.1", TimeSpan? bodyPatience = null) =>
        _instance = await NewAsync(token, address, bodyPatience);

    Task<PredictionInstance> NewAsync(string? token, string address, TimeSpan? bodyPatience = null)
    {
        var http = new HttpOptions { Port = _port, Address = address, Token = token };
        if (bodyPatience is { } patience) http = http with { BodyPatience = patience };
        return PredictionInstance.StartAsync(_connection, "s", new ModelReference("churn"), new() { Http = http }, Cancellation);
    }

    Task<string> GetAsync(string path) => _client.GetStringAsync(path, Cancellation);

    async Task<string> InferAsync(string model, string body)
    {
        using var response = await _client.PostAsync($"v2/models/{model}/infer", Json(body), Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
