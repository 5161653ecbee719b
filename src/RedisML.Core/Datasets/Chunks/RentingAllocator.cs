using System.Buffers;
using Apache.Arrow.Memory;

namespace RedisML.Datasets.Chunks;

/// <summary>Makes Arrow readers and writers take rented memory, and give it back: fresh memory would cost more than what is done with it.</summary>
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
        byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

        public Memory<byte> Memory => _array.AsMemory(0, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array) ArrayPool<byte>.Shared.Return(array);
        }
    }
}
