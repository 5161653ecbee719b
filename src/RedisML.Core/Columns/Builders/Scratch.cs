using System.Runtime.InteropServices;
using RedisML.Columns.Chunks;

namespace RedisML.Columns.Builders;

/// <summary>Rented room for numbers, of any content, while a column is built.</summary>
readonly ref struct Scratch(int length) : IDisposable
{
    readonly byte[] _buffer = BufferPool.Rent(length * sizeof(double));

    public Span<double> Values => MemoryMarshal.Cast<byte, double>(_buffer.AsSpan())[..length];

    public void Dispose() => BufferPool.Return(_buffer);
}
