using System.Buffers;
using Apache.Arrow.Memory;

namespace RedisML.Columns.Chunks;

/// <summary>Memory for one pass of an Arrow writer, in pieces of few rented blocks:
/// a chunk of many columns takes thousands of pieces at once.</summary>
sealed class ScratchAllocator : MemoryAllocator, IDisposable
{
    const int BlockLength = 1 << 20;

    readonly List<byte[]> _blocks = [];
    int _used;

    /// <summary>Gives all pieces back, which nobody may use any more.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks) BufferPool.Return(block);
        _blocks.Clear();
    }

    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        if (_blocks.Count == 0 || length > _blocks[^1].Length - _used)
        {
            _blocks.Add(BufferPool.Rent(Math.Max(length, BlockLength)));
            _used = 0;
        }
        bytesAllocated = length;
        _used += length;
        return new Piece(_blocks[^1].AsMemory(_used - length, length));
    }

    sealed class Piece(Memory<byte> memory) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => memory;

        public void Dispose()
        {
        }
    }
}
