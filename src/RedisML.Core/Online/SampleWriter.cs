using System.Text.Json;
using RedisML.Connections;
using RedisML.Errors;
using RedisML.Formats.Objects;
using RedisML.Formats.Text;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>Adds samples to a list, as JSON, or to a stream, a field a column. They are sent as they come, and many at once are under way.
/// </summary>
/// <param name="mostEntries">About how many entries a stream keeps; null for all.</param>
public sealed class SampleWriter(RedisMLConnection connection, SampleSourceKind kind, string name, long? mostEntries = null)
{
    const int UnderWay = 1000;

    readonly RedisKey _key = connection.Keys.Samples(name).Samples;
    readonly SealedSample _seal = new(connection.Seals.Samples(name), connection.Keys.Samples(name).Samples);
    readonly Queue<Task> _sent = new();

    /// <summary>Samples that the server has.</summary>
    public long Added { get; private set; }

    /// <summary>Whether so many are under way that <see cref="DrainAsync"/> is due.</summary>
    public bool IsFull => _sent.Count >= UnderWay;

    /// <summary>Finds out whether the server takes such samples.</summary>
    /// <exception cref="RedisMLException"><c>StreamsUnsupported</c>; <c>RedisWrongType</c>.</exception>
    public Task CheckAsync(CancellationToken cancellation) => SampleSource.CheckAsync(connection, kind, name, cancellation);

    /// <summary>Sends a sample, and doesn't wait.</summary>
    /// <exception cref="RedisMLException"><c>EmptySample</c>; <c>NotUnicode</c>.</exception>
    public void Send(IEnumerable<KeyValuePair<string, object?>> sample)
    {
        var fields = sample.ToList();
        if (fields.Count == 0)
            throw new RedisMLException("EmptySample", ErrorKind.InvalidData,
                "The sample has no field: give an object with a property a column.", name);
        foreach (var (field, value) in fields)
            if (!UnicodeText.IsValid(field) || value is string text && !UnicodeText.IsValid(text)) throw UnicodeText.Invalid($"'{field}'");
        _sent.Enqueue(kind == SampleSourceKind.List
            ? connection.Database.ListRightPushAsync(_key, _seal.Close(ToJson(fields)))
            : connection.Database.StreamAddAsync(_key,
                _seal.Close([.. fields.Select(field => new NameValueEntry(field.Key, TextOf(field.Value)))]),
                messageId: null, maxLength: mostEntries, useApproximateMaxLength: true));
    }

    /// <summary>Waits until half of those under way have arrived.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (_sent.Count > UnderWay / 2) await NextAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until the server has all samples.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (_sent.Count > 0) await NextAsync(cancellation).ConfigureAwait(false);
    }

    async Task NextAsync(CancellationToken cancellation)
    {
        await _sent.Dequeue().WaitAsync(cancellation).ConfigureAwait(false);
        Added++;
    }

    static string TextOf(object? value) => value is null or DBNull ? "" : ObjectValue.TextOf(value);

    static byte[] ToJson(List<KeyValuePair<string, object?>> fields)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, SampleJson.Options))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                writer.WritePropertyName(name);
                // What isn't finite is text, and the trainer puts it aside.
                ObjectJson.Write(writer, value);
            }
            writer.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
