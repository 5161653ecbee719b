using System.Runtime.CompilerServices;
using RedisML.Columns.Chunks;
using RedisML.Errors;

namespace RedisML.Formats;

/// <summary>Whole records, as they stand in the file. Dispose gives the memory back.</summary>
/// <param name="Offset">Where the block starts in the inflated content.</param>
readonly record struct RecordBlock(int Index, long Offset, byte[] Buffer, int Length) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public void Dispose() => BufferPool.Return(Buffer);
}

/// <summary>Cuts a stream at record borders into blocks of about the same size, without parsing it.</summary>
/// <remarks>Where a block ends depends on the content and the size alone, never on how much the stream hands over at a time.</remarks>
/// <param name="start">Where <paramref name="stream"/> stands in the content: at the start of a record.</param>
/// <param name="blockBytes">A block has at most so many bytes, unless a single record is longer.</param>
abstract class PartReader(Stream stream, long start, int blockBytes)
{
    /// <summary>The longest record that is read: a missing closing quote must not swallow the file.</summary>
    internal const int MaxRecordBytes = 16 << 20;

    public async IAsyncEnumerable<RecordBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        long offset = start;
        var buffer = BufferPool.Rent(blockBytes);
        int carried = 0, limit = blockBytes;
        for (int index = 0; ;)
        {
            int length = carried + await stream.ReadAtLeastAsync(
                buffer.AsMemory(carried, limit - carried), limit - carried, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            bool atEnd = length < limit;
            int border = atEnd ? length : LastBorder(buffer.AsSpan(0, length));
            if (border == 0 && !atEnd)
            {
                if (limit >= MaxRecordBytes) throw TooLong(offset);
                var larger = Copied(buffer.AsSpan(0, length), 2 * limit);
                BufferPool.Return(buffer);
                (buffer, carried, limit) = (larger, length, 2 * limit);
                continue;
            }
            if (border == 0)
            {
                BufferPool.Return(buffer);
                yield break;
            }
            carried = length - border;
            limit = Math.Max(blockBytes, carried);
            var next = Copied(buffer.AsSpan(border, carried), limit);
            yield return new(index++, offset, buffer, border);
            offset += border;
            buffer = next;
        }
    }

    /// <summary>Where the last complete record of a block that starts with one ends; 0 where there is none.</summary>
    protected abstract int LastBorder(ReadOnlySpan<byte> block);

    /// <summary>The error for a record longer than <see cref="MaxRecordBytes"/>.</summary>
    protected abstract RedisMLException TooLong(long offset);

    static byte[] Copied(ReadOnlySpan<byte> bytes, int capacity)
    {
        var copy = BufferPool.Rent(capacity);
        bytes.CopyTo(copy);
        return copy;
    }
}
