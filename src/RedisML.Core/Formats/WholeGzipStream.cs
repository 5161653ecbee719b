using System.IO.Compression;
using System.Security.Cryptography;

namespace RedisML.Formats;

/// <summary>Inflates gzip, and throws where the data ends early.</summary>
/// <remarks>
/// <see cref="GZipStream"/> takes a file that was cut off for one that ended. So a member with a random mark is added behind the file:
/// only where the file is whole does the mark come out, as the last thing.
/// </remarks>
sealed class WholeGzipStream : ForwardStream
{
    const int MarkLength = 16;
    const int BufferLength = 64 * 1024;

    readonly byte[] _mark = RandomNumberGenerator.GetBytes(MarkLength);
    readonly GZipStream _inflated;

    // Inflated bytes from _start to _end; the last of them may turn out to be the mark.
    readonly byte[] _buffer = new byte[BufferLength];
    int _start, _end;

    public WholeGzipStream(Stream file) => _inflated = new(new ConcatenatedStream(file, Compressed(_mark)), CompressionMode.Decompress);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        while (_end - _start <= MarkLength)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read = await _inflated.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
            _end += read;
            if (read > 0) continue;
            return _buffer.AsSpan(0, _end).SequenceEqual(_mark) ? 0 : throw new InvalidDataException("the compressed data ends early.");
        }
        int count = Math.Min(buffer.Length, _end - _start - MarkLength);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _inflated.Dispose();
        base.Dispose(disposing);
    }

    static MemoryStream Compressed(byte[] mark)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(mark);
        stream.Position = 0;
        return stream;
    }

    /// <summary>One stream behind the other.</summary>
    sealed class ConcatenatedStream(Stream first, Stream second) : ForwardStream
    {
        bool _firstEnded;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
        {
            if (!_firstEnded)
            {
                int read = await first.ReadAsync(buffer, cancellation).ConfigureAwait(false);
                if (read > 0) return read;
                _firstEnded = true;
            }
            return await second.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
    }
}
