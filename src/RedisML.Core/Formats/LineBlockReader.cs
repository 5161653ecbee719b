using System.Buffers;
using System.Runtime.CompilerServices;

namespace RedisML.Formats;

/// <summary>Whole lines, as they stand in the file. Dispose gives the memory back.</summary>
readonly record struct LineBlock(int Index, byte[] Buffer, int Length) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Buffer);
}

/// <summary>Cuts a stream at line breaks into blocks of about the same size; where one ends depends on the content and the size alone.</summary>
/// <param name="blockBytes">A block has at most so many bytes, unless a single line is longer.</param>
sealed class LineBlockReader(Stream stream, int blockBytes, string path)
{
    const int MaxLineBytes = 16 << 20;

    public async IAsyncEnumerable<LineBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
        int carried = 0, limit = blockBytes;
        for (int index = 0; ;)
        {
            int length = carried + await stream.ReadAtLeastAsync(
                buffer.AsMemory(carried, limit - carried), limit - carried, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            bool atEnd = length < limit;
            int border = atEnd ? length : buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            if (border == 0 && !atEnd)
            {
                if (limit >= MaxLineBytes)
                    throw new RedisMLException("RecordTooLong", ErrorKind.LimitsExceeded, $"'{path}' has a line longer than {MaxLineBytes >> 20} MB.", path);
                var larger = ArrayPool<byte>.Shared.Rent(2 * limit);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                (buffer, carried, limit) = (larger, length, 2 * limit);
                continue;
            }
            if (border == 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                yield break;
            }
            carried = length - border;
            limit = Math.Max(blockBytes, carried);
            var rest = ArrayPool<byte>.Shared.Rent(limit);
            buffer.AsSpan(border, carried).CopyTo(rest);
            yield return new(index++, buffer, border);
            buffer = rest;
        }
    }
}
