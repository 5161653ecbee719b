using System.Buffers;
using Apache.Arrow.Memory;
using RedisML.Columns.Chunks;

namespace RedisML.Formats.Arrow;

/// <summary>Makes an Arrow reader put its batches into rented memory, which goes back with them: fresh memory would cost more than what is done with it.</summary>
sealed class RentingAllocator : MemoryAllocator
{
    public static RentingAllocator Instance { get; } = new();

    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        bytesAllocated = length;
        return new RentedMemory(length);
    }

    sealed class RentedMemory(int length) : IMemoryOwner<byte>
    {
        byte[]? _array = BufferPool.Rent(length);

        public Memory<byte> Memory => _array.AsMemory(0, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array) BufferPool.Return(array);
        }
    }
}
