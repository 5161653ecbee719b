using System.IO.Hashing;
using System.Text;
using RedisML.Errors;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Runs;

/// <summary>Bytes in Redis behind a line that says whose they are, how many, and their checksum (XXH3).</summary>
internal static class RunBlob
{
    const int Alignment = sizeof(double);

    /// <summary>The line before the bytes, so long that numbers behind it lie as they do in memory.</summary>
    public static byte[] Header(string incarnation, string generation, long step, string owner, ReadOnlySpan<byte> body)
    {
        var line = $"redisml1 {incarnation} {generation} {step} {owner} {body.Length} {XxHash3.HashToUInt64(body):x16}";
        return Encoding.ASCII.GetBytes(line.PadRight(line.Length / Alignment * Alignment + Alignment - 1) + '\n');
    }

    /// <summary>The line and the bytes.</summary>
    public static byte[] Join(byte[] header, ReadOnlySpan<byte> body)
    {
        var blob = GC.AllocateUninitializedArray<byte>(header.Length + body.Length);
        header.CopyTo(blob, 0);
        body.CopyTo(blob.AsSpan(header.Length));
        return blob;
    }

    /// <summary>The bytes of a blob, opened; null where it is another's, or broken.</summary>
    /// <exception cref="RedisMLException">It isn't sealed as it should be: those of <see cref="Seal.Open(RedisKey, RedisValue, string?)"/>.
    /// </exception>
    public static ReadOnlyMemory<byte>? Open(
        ReadOnlyMemory<byte> blob, string incarnation, string? generation, long step, string? owner, Seal seal, RedisKey key)
    {
        // Not as "? :": there a null is taken for an array, and becomes memory of no bytes.
        if (BodyOf(blob, incarnation, generation, step, owner) is not { } body) return null;
        return seal.Open(key, body);
    }

    static ReadOnlyMemory<byte>? BodyOf(ReadOnlyMemory<byte> blob, string incarnation, string? generation, long step, string? owner)
    {
        int end = blob.Span[..Math.Min(blob.Length, 1024)].IndexOf((byte)'\n');
        if (end < 0) return null;
        var body = blob[(end + 1)..];
        var fields = Encoding.ASCII.GetString(blob.Span[..end]).TrimEnd(' ').Split(' ');
        return fields.Length == 7 && fields[0] == "redisml1" && fields[1] == incarnation && (generation is null || fields[2] == generation)
            && fields[3] == $"{step}" && (owner is null || fields[4] == owner) && fields[5] == $"{body.Length}"
            && fields[6] == $"{XxHash3.HashToUInt64(body.Span):x16}"
            ? body : default(ReadOnlyMemory<byte>?);
    }
}
