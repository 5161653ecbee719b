using System.Buffers;
using System.Runtime.CompilerServices;

namespace RedisML.Formats.Csv;

/// <summary>Whole records, as they stand in the file. Dispose gives the memory back.</summary>
/// <param name="Offset">Where the block starts in the inflated content.</param>
readonly record struct CsvBlock(int Index, long Offset, byte[] Buffer, int Length) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Buffer);
}

/// <summary>Cuts a stream at record borders into blocks of about the same size, without parsing it.</summary>
/// <remarks>Where a block ends depends on the content and the size alone, never on how much the stream hands over at a time.</remarks>
/// <param name="start">Where <paramref name="stream"/> stands in the content: at the start of a record.</param>
/// <param name="blockBytes">A block has at most so many bytes, unless a single record is longer.</param>
sealed class CsvBlockReader(Stream stream, long start, int blockBytes, CsvDialect dialect, string path)
{
    /// <summary>The longest record that is read: a missing closing quote must not swallow the file.</summary>
    internal const int MaxRecordBytes = 16 << 20;

    public async IAsyncEnumerable<CsvBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        long offset = start;
        var buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
        int carried = 0, limit = blockBytes;
        for (int index = 0; ;)
        {
            int length = carried + await stream.ReadAtLeastAsync(
                buffer.AsMemory(carried, limit - carried), limit - carried, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            bool atEnd = length < limit;
            int border = atEnd ? length : dialect.LastBorder(buffer.AsSpan(0, length));
            if (border == 0 && !atEnd)
            {
                if (limit >= MaxRecordBytes)
                    throw new RedisMLException("RecordTooLong", ErrorKind.LimitsExceeded,
                        $"'{path}': the record at byte {offset:N0} is longer than {MaxRecordBytes >> 20} MB. Is a closing quote missing, or is this not a CSV file?", path);
                (buffer, carried, limit) = (Copied(buffer, 0, length, 2 * limit), length, 2 * limit);
                continue;
            }
            if (border == 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                yield break;
            }
            carried = length - border;
            limit = Math.Max(blockBytes, carried);
            var next = ArrayPool<byte>.Shared.Rent(limit);
            buffer.AsSpan(border, carried).CopyTo(next);
            yield return new(index++, offset, buffer, border);
            offset += border;
            buffer = next;
        }
    }

    static byte[] Copied(byte[] buffer, int from, int length, int capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        buffer.AsSpan(from, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
