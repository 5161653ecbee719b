using System.IO.Hashing;

namespace RedisML.Formats;

/// <summary>Hashes what is read of a file, and tells the hash at its end: a second reading would cost as much as the first.</summary>
sealed class HashedStream(FileStream file, Action<ulong> atEnd) : ForwardStream
{
    readonly XxHash64 _hash = new();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        int read = await file.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        if (read > 0) _hash.Append(buffer.Span[..read]);
        else if (buffer.Length > 0) atEnd(_hash.GetCurrentHashAsUInt64());
        return read;
    }
}
