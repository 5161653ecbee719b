using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Formats.Objects;
using StackExchange.Redis;

namespace RedisML.Serving;

/// <summary>Asks a prediction service, one request at a time: the waits for a reply block a connection of its own.</summary>
public sealed class PredictionClient : IAsyncDisposable
{
    static readonly TimeSpan s_withdrawal = TimeSpan.FromSeconds(1);

    readonly RedisMLConnection _connection;
    readonly ServiceKeys _keys;
    readonly string _service;

    PredictionClient(RedisMLConnection connection, string service) =>
        (_connection, _service, _keys) = (connection, service, connection.Keys.Service(service));

    /// <summary>Connects as <paramref name="connection"/> is.</summary>
    public static async Task<PredictionClient> ConnectAsync(RedisMLConnection connection, string service, CancellationToken cancellation) =>
        new(await RedisMLConnection.ConnectAsync(connection.Settings, cancellation).ConfigureAwait(false), service);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Asks for the prediction of a row.</summary>
    /// <param name="timeout">How long the reply may take.</param>
    /// <exception cref="RedisMLException"><c>PredictionTimeout</c>; and what the service answers, such as
    /// <c>SignatureMismatch</c>.</exception>
    public async Task<ServicePrediction> AskAsync(IEnumerable<KeyValuePair<string, object?>> features, TimeSpan timeout,
        CancellationToken cancellation)
    {
        string reply = _keys.ReplyStart + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        long deadline = (DateTimeOffset.UtcNow + timeout).ToUnixTimeMilliseconds();
        var seal = _connection.Seals.Service(_service);
        var request = seal.Close(_keys.Queue, Write(reply, deadline, features));
        await _connection.Database.ListLeftPushAsync(_keys.Queue, request).WaitAsync(cancellation)
            .ConfigureAwait(false);
        var end = DateTime.UtcNow + timeout;
        while (DateTime.UtcNow < end)
        {
            // Shorter than the client's patience for a reply, so that it isn't taken for one that was lost.
            double seconds = Math.Clamp((end - DateTime.UtcNow).TotalSeconds, 0.05, 1);
            var popped = (RedisValue[]?)await _connection.Database.ExecuteAsync("BLPOP",
                [reply, seconds.ToString("0.###", CultureInfo.InvariantCulture)])
                .WaitAsync(cancellation).ConfigureAwait(false);
            if (popped is [_, var json]) return Read((byte[])seal.Open(reply, json)!);
        }
        throw new RedisMLException("PredictionTimeout", ErrorKind.OperationTimeout,
            $"Service '{_service}' didn't answer within {timeout.TotalSeconds:0.##} s. " +
            await WithdrawAsync(request, cancellation).ConfigureAwait(false), _service);
    }

    /// <summary>Takes a request back that nobody waits for any more: one to a name that is misspelt would stay for ever.</summary>
    /// <returns>What to do next, in a sentence.</returns>
    async Task<string> WithdrawAsync(RedisValue request, CancellationToken cancellation)
    {
        // The time that was given is over: what is worth knowing beside isn't worth another wait.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_withdrawal);
        try
        {
            await _connection.Database.ListRemoveAsync(_keys.Queue, request, 1).WaitAsync(patience.Token).ConfigureAwait(false);
            var services = await new PredictionServices(_connection).ListAsync(patience.Token).ConfigureAwait(false);
            if (!services.Contains(_service))
                return $"No instance of it runs. {NearestName.Existing(services.Select(name => $"'{name}'"))} " +
                    "Start-RedisPredictionService starts one.";
        }
        // Who may ask may not be allowed to look; and a server that is slow to answer may be slow here too.
        catch (Exception e) when (e is RedisException or TimeoutException or RedisMLException
            || e is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
        }
        return "Get-RedisPredictionService says whether it has instances.";
    }

    static byte[] Write(string reply, long deadline, IEnumerable<KeyValuePair<string, object?>> features)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("reply"u8, reply);
            writer.WriteNumber("deadline"u8, deadline);
            writer.WriteStartObject("features"u8);
            foreach (var (name, value) in features)
            {
                writer.WritePropertyName(name);
                // What isn't finite is missing to a model.
                ObjectJson.Write(writer, value is double or float && !double.IsFinite(Convert.ToDouble(value, null)) ? null : value);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return bytes.ToArray();
    }

    ServicePrediction Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.TryGetProperty("error", out var error))
                throw new RedisMLException(error.GetString()!, ErrorKind.InvalidData,
                    $"Service '{_service}': {root.GetProperty("message").GetString()}", _service);
            object? prediction = ValueOf(root.GetProperty("prediction"));
            long version = root.GetProperty("version").GetInt64();
            if (!root.TryGetProperty("probabilities", out var all)) return new(prediction, version);
            var probabilities = all.ValueKind == JsonValueKind.Null ? null : all.EnumerateObject().ToDictionary(
                entry => entry.Name, entry => (double?)ValueOf(entry.Value), StringComparer.Ordinal);
            return new ServiceClassPrediction(prediction, version, (double?)ValueOf(root.GetProperty("probability")), probabilities);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidCastException or KeyNotFoundException
            or FormatException)
        {
            throw new RedisMLException("InvalidReply", ErrorKind.InvalidData, $"Service '{_service}' answered what is no reply.", _service,
                e);
        }
    }

    static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        _ => null,
    };
}
