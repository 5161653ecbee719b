using RedisML.Connections;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>Where samples come from: reads what comes after an offset, and has it learned. A read changes nothing.</summary>
abstract class SampleSource(RedisMLConnection connection, OnlineSpecification specification)
{
    protected IDatabase Database => connection.Database;

    protected SampleKeys Keys { get; } = connection.Keys.Samples(specification.Source);

    protected SealedSample Sealed { get; } =
        new(connection.Seals.Samples(specification.Source), connection.Keys.Samples(specification.Source).Samples);

    protected OnlineSpecification Specification => specification;

    /// <summary>What is odd about the source; null for nothing.</summary>
    public string? Problem { get; protected set; }

    public static SampleSource Create(RedisMLConnection connection, OnlineSpecification specification) => specification switch
    {
        { SourceKind: SampleSourceKind.List } => new ListSource(connection, specification),
        { LabelStream: null } => new StreamSource(connection, specification),
        _ => new JoinedSource(connection, specification),
    };

    /// <summary>Finds out, before anything is read or added, whether a name can be that of such samples.</summary>
    /// <exception cref="RedisMLException"><c>StreamsUnsupported</c>: the server has none. <c>RedisWrongType</c>: the key holds something
    /// else.</exception>
    public static async Task CheckAsync(RedisMLConnection connection, SampleSourceKind kind, string name, CancellationToken cancellation)
    {
        var key = connection.Keys.Samples(name).Samples;
        bool isStream = kind == SampleSourceKind.Stream;
        if (isStream && !await HasStreamsAsync(connection, key, cancellation).ConfigureAwait(false))
            throw new RedisMLException("StreamsUnsupported", ErrorKind.InvalidOperation,
                $"{connection.Endpoint} has no streams, as the embedded server: use -List, or a Redis server.", connection.Endpoint);
        var type = await connection.Database.PatientlyAsync(d => d.KeyTypeAsync(key), cancellation).ConfigureAwait(false);
        if (type == RedisType.None || type == (isStream ? RedisType.Stream : RedisType.List)) return;
        throw new RedisMLException("RedisWrongType", ErrorKind.InvalidData,
            $"'{name}' is no {(isStream ? "stream" : "list")} of samples: the key {key} holds a {type.ToString().ToLowerInvariant()}. " +
            (type switch
            {
                RedisType.List => "Give it as -List.",
                RedisType.Stream => "Give it as -Stream.",
                _ => "Use another name, or remove the key.",
            }), name);
    }

    static async Task<bool> HasStreamsAsync(RedisMLConnection connection, RedisKey key, CancellationToken cancellation)
    {
        try
        {
            await connection.Database.PatientlyAsync(d => d.StreamLengthAsync(key), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RedisServerException e)
        {
            return !e.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Reads the next samples after the state's offset, up to so many.</summary>
    /// <returns>False where there are none.</returns>
    public abstract Task<bool> ReadAsync(OnlineState state, int most);

    /// <summary>Learns the samples that were read last, and moves the offset behind them.</summary>
    /// <returns>Those that are to leave their list.</returns>
    public abstract RedisValue[] Learn(OnlineState state);

    /// <summary>The offset of a state that is new: the first sample that is there.</summary>
    public abstract string Start { get; }

    /// <summary>Reads an entry of a stream.</summary>
    /// <returns>Why it can't be learned; null where it can.</returns>
    protected static string? Read(SampleParser parser, SealedSample seal, StreamEntry entry) =>
        seal.Open(entry.Values, out string? problem) is not { } json ? parser.Read(entry.Values) : problem ?? parser.Read(json.Span);

    /// <summary>What is put aside of an entry, or waits.</summary>
    protected static ReadOnlySpan<byte> JsonOf(SealedSample seal, StreamEntry entry) =>
        seal.Open(entry.Values, out _) is { } json ? json.Span : StreamEntries.ToJson(entry.Values);

    /// <summary>Forgets what was read ahead.</summary>
    public virtual void Reset()
    {
    }
}
