using System.Buffers.Binary;
using RedisML.Columns.Chunks;

namespace RedisML.Formats.Arrow;

/// <summary>An Arrow IPC stream that hands over only messages that are there: the reader would allocate what a length claims.</summary>
sealed class ArrowMessages(Stream stream) : ForwardStream
{
    /// <summary>The description of a message takes some hundred bytes a column.</summary>
    public const int MaxMetadata = 64 << 20;

    const int Continuation = -1;

    // What was looked at before it is handed over; and what follows of the message's body.
    byte[] _ready = [];
    int _start, _end;
    long _body;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (_start == _end && _body == 0) await LookAheadAsync(cancellation).ConfigureAwait(false);
        if (_start < _end)
        {
            int count = Math.Min(buffer.Length, _end - _start);
            _ready.AsMemory(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }
        int read = await stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _body)], cancellation).ConfigureAwait(false);
        _body -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads the next message without its body; at the end nothing.</summary>
    async Task LookAheadAsync(CancellationToken cancellation)
    {
        (_start, _end) = (0, 0);
        await FillAsync(sizeof(int), cancellation).ConfigureAwait(false);
        if (_end < sizeof(int)) return;
        int length = BinaryPrimitives.ReadInt32LittleEndian(_ready);
        if (length == Continuation)
        {
            await FillAsync(2 * sizeof(int), cancellation).ConfigureAwait(false);
            if (_end < 2 * sizeof(int)) return;
            length = BinaryPrimitives.ReadInt32LittleEndian(_ready.AsSpan(sizeof(int)));
        }
        if (length == 0) return;
        if (length is < 0 or > MaxMetadata) throw new InvalidDataException($"a message claims {length:N0} bytes.");
        int prefix = _end;
        await FillAsync(prefix + length, cancellation).ConfigureAwait(false);
        if (_end < prefix + length) throw new InvalidDataException("it ends within a message.");
        _body = ChunkFrame.CheckMessage(_ready.AsSpan(prefix, length));
    }

    /// <summary>Reads until so many bytes are there, or the end comes: memory grows with what there is, not with what is claimed.</summary>
    async Task FillAsync(int count, CancellationToken cancellation)
    {
        const int step = 1 << 16;
        while (_end < count)
        {
            int next = Math.Min(count, _end + step);
            if (_ready.Length < next) Array.Resize(ref _ready, Math.Max(next, 2 * _ready.Length));
            int read = await stream.ReadAsync(_ready.AsMemory(_end, next - _end), cancellation).ConfigureAwait(false);
            if (read == 0) return;
            _end += read;
        }
    }
}
