using System.Buffers;
using Apache.Arrow.Memory;
using RedisML.Columns.Chunks;

namespace RedisML.Formats.Arrow;

/// <summary>Makes an Arrow reader put its batches into rented memory, which goes back with them:
/// fresh memory would cost more than what is done with it.</summary>
/// <param name="most">Bytes that may be out at once: what a file claims beyond that isn't believed.</param>
sealed class RentingAllocator(long most) : MemoryAllocator
{
    /// <summary>What any file may take, and how much more for each of its bytes.</summary>
    const long PlainBytes = 256 << 20, MostPerByte = 255;

    long _out;

    /// <summary>For a file of so many bytes.</summary>
    public static RentingAllocator For(long length) => new(PlainBytes + MostPerByte * length);

    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        if (Interlocked.Add(ref _out, length) > most)
        {
            Interlocked.Add(ref _out, -length);
            throw new InvalidDataException($"it claims to hold {length:N0} bytes at once, more than a file of its size can.");
        }
        bytesAllocated = length;
        return new RentedMemory(this, length);
    }

    sealed class RentedMemory(RentingAllocator allocator, int length) : IMemoryOwner<byte>
    {
        byte[]? _array = BufferPool.Rent(length);

        public Memory<byte> Memory => _array.AsMemory(0, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is not { } array) return;
            BufferPool.Return(array);
            Interlocked.Add(ref allocator._out, -length);
        }
    }
}
