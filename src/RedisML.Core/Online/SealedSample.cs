using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>Samples as they lie in Redis where they are sealed: an element of a list is closed as it is, and an entry of a stream has one
/// field, all of its fields as JSON.</summary>
sealed class SealedSample(Seal seal, RedisKey key)
{
    static readonly RedisValue s_field = "sealed";

    public RedisValue Close(byte[] json) => seal.Close(key, json);

    public NameValueEntry[] Close(NameValueEntry[] fields) =>
        seal.IsOn ? [new(s_field, seal.Close(key, StreamEntries.ToJson(fields)))] : fields;

    /// <summary>The JSON of a sample.</summary>
    /// <param name="problem">Why it can't be learned; null where it can.</param>
    /// <exception cref="RedisMLException"><c>EncryptionKeyRequired</c>: that says nothing against the sample.</exception>
    public ReadOnlyMemory<byte> Open(RedisValue sample, out string? problem)
    {
        problem = null;
        try
        {
            return (ReadOnlyMemory<byte>)seal.Open(key, sample);
        }
        catch (RedisMLException e) when (seal.IsOn)
        {
            problem = e.Message;
            return default;
        }
    }

    /// <summary>The JSON of an entry of a stream that may be sealed; null where it isn't, and none is to be.</summary>
    /// <inheritdoc cref="Open(RedisValue, out string?)"/>
    public ReadOnlyMemory<byte>? Open(NameValueEntry[] fields, out string? problem)
    {
        problem = null;
        if (fields is [var only] && only.Name == s_field && (seal.IsOn || Seal.IsSealed(((ReadOnlyMemory<byte>)only.Value).Span)))
            return Open(only.Value, out problem);
        if (!seal.IsOn) return null;
        problem = "it isn't sealed";
        return ReadOnlyMemory<byte>.Empty;
    }
}
