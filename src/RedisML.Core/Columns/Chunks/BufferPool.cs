using System.Buffers;

namespace RedisML.Columns.Chunks;

/// <summary>Rented memory for the blocks of a source and the chunks made of them: as much as was in use at once, and no more.</summary>
/// <remarks>
/// The shared pool keeps arrays for each thread that gave one back, where the other threads don't find them: the longer an import, the
/// more memory it took. What is too large to be kept for the rest of a session still comes from there, which lets go of it in time.
/// </remarks>
static class BufferPool
{
    const int MaxKeptLength = 2 << 20;
    const int MaxKept = 32;

    static readonly ArrayPool<byte> s_kept = ArrayPool<byte>.Create(MaxKeptLength, MaxKept);

    public static byte[] Rent(int length) => PoolFor(length).Rent(length);

    public static void Return(byte[] buffer) => PoolFor(buffer.Length).Return(buffer);

    static ArrayPool<byte> PoolFor(int length) => length <= MaxKeptLength ? s_kept : ArrayPool<byte>.Shared;
}
