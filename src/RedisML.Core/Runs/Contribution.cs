using System.Runtime.InteropServices;
using RedisML.Sealing;
using StackExchange.Redis;

namespace RedisML.Runs;

/// <summary>What this node adds to a step, written into the same memory step after step, with room for the line before it.</summary>
internal sealed class Contribution
{
    const int HeaderSpace = 1024;

    byte[] _bytes = new byte[HeaderSpace];
    int _length;

    public ReadOnlyMemory<byte> Body => _bytes.AsMemory(HeaderSpace, _length);

    public void Write(ReadOnlySpan<byte> body) => body.CopyTo(Clear(body.Length));

    /// <summary>The sums of the branches of a share: doubles, little-endian, vector after vector.</summary>
    public void Write(IReadOnlyList<Memory<double>> vectors)
    {
        var rest = Clear(vectors.Sum(vector => vector.Length) * sizeof(double));
        foreach (var vector in vectors)
        {
            var bytes = MemoryMarshal.AsBytes(vector.Span);
            bytes.CopyTo(rest);
            rest = rest[bytes.Length..];
        }
    }

    /// <summary>The header and the body behind it.</summary>
    /// <param name="seal">Closes the body for <paramref name="key"/>, where the run is sealed.</param>
    public (ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Blob) Join(
        string incarnation, string generation, long step, string owner, Seal seal, RedisKey key)
    {
        if (seal.IsOn)
        {
            var body = seal.Encrypt(key, Body.Span);
            var line = RunBlob.Header(incarnation, generation, step, owner, body);
            return (line, RunBlob.Join(line, body));
        }
        var header = RunBlob.Header(incarnation, generation, step, owner, Body.Span);
        int start = HeaderSpace - header.Length;
        header.CopyTo(_bytes, start);
        return (header, _bytes.AsMemory(start, header.Length + _length));
    }

    Span<byte> Clear(int length)
    {
        if (_bytes.Length < HeaderSpace + length) _bytes = GC.AllocateUninitializedArray<byte>(HeaderSpace + length);
        _length = length;
        return _bytes.AsSpan(HeaderSpace, length);
    }
}
