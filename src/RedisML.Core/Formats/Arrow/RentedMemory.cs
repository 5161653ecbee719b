using System.Buffers;
using System.Collections.Concurrent;
using Apache.Arrow.Memory;

namespace RedisML.Formats.Arrow;

/// <summary>The memory of a record batch. Dispose gives it back, for the next batch: fresh memory would cost more than what is done with it.</summary>
sealed class RentedMemory : IMemoryOwner<byte>
{
    readonly ConcurrentBag<byte[]> _arrays = [];

    /// <summary>What was asked for by <see cref="Allocator"/>; empty otherwise.</summary>
    public Memory<byte> Memory { get; private init; }

    /// <summary>Makes an Arrow reader put its batches into rented memory.</summary>
    public static MemoryAllocator Allocator { get; } = new RentingAllocator();

    /// <summary>Bytes that hold anything yet. May be called by several threads.</summary>
    public Memory<byte> Rent(int length)
    {
        var array = ArrayPool<byte>.Shared.Rent(length);
        _arrays.Add(array);
        return array.AsMemory(0, length);
    }

    public void Dispose()
    {
        while (_arrays.TryTake(out var array)) ArrayPool<byte>.Shared.Return(array);
    }

    sealed class RentingAllocator : MemoryAllocator
    {
        protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
        {
            bytesAllocated = length;
            var array = ArrayPool<byte>.Shared.Rent(length);
            return new RentedMemory { Memory = array.AsMemory(0, length), _arrays = { array } };
        }
    }
}
