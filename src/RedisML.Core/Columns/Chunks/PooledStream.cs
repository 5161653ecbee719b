namespace RedisML.Columns.Chunks;

/// <summary>A growing stream in rented memory, read back as one piece. Dispose gives the memory back.</summary>
sealed class PooledStream(int capacity) : Stream
{
    byte[] _buffer = BufferPool.Rent(capacity);
    int _length;

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> source)
    {
        if (_buffer.Length - _length < source.Length) Grow(source.Length);
        source.CopyTo(_buffer.AsSpan(_length));
        _length += source.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) BufferPool.Return(buffer);
        base.Dispose(disposing);
    }

    void Grow(int count)
    {
        var larger = BufferPool.Rent(Math.Max(2 * _buffer.Length, checked(_length + count)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        BufferPool.Return(_buffer);
        _buffer = larger;
    }
}
