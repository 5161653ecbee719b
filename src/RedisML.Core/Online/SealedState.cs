using System.Text;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Online;

/// <summary>The fields of a training's state as they lie in Redis where they are sealed: their values closed, but for those that scripts
/// compare; and of a sample that waits, the key by which it waits is in the value too, and its field has another name.</summary>
sealed class SealedState(Seal seal, RedisKey key)
{
    const byte End = 0;

    public HashEntry Close(HashEntry field)
    {
        if (!seal.IsOn || IsOpen(field.Name)) return field;
        string name = field.Name!;
        if (!name.StartsWith(PendingSamples.Prefix, StringComparison.Ordinal)) return new(name, Closed(name, field.Value));
        string blind = PendingSamples.Prefix + seal.Blind(name);
        return new(blind, field.Value.IsNullOrEmpty ? field.Value
            : Closed(blind, (byte[])[.. Encoding.UTF8.GetBytes(name), End, .. (byte[])field.Value!]));
    }

    public HashEntry Open(HashEntry field)
    {
        if (IsOpen(field.Name)) return field;
        var value = seal.Open(key, field.Value, field.Name);
        if (!seal.IsOn || !field.Name.StartsWith(PendingSamples.Prefix)) return new(field.Name, value);
        var bytes = ((ReadOnlyMemory<byte>)value).Span;
        int end = bytes.LastIndexOf(End);
        return new(Encoding.UTF8.GetString(bytes[..Math.Max(0, end)]), bytes[(end + 1)..].ToArray());
    }

    public RedisValue Open(RedisValue field, RedisValue value) => seal.Open(key, value, field);

    RedisValue Closed(string field, RedisValue value) => value.IsNullOrEmpty ? value : seal.Close(key, value, field);

    static bool IsOpen(RedisValue field) =>
        field == OnlineState.FormatField || field == OnlineState.OffsetField || field == OnlineState.TrainerField;
}
