using System.Buffers.Binary;
using RedisML.Columns.Chunks;

namespace RedisML.Formats.Arrow;

/// <summary>Looks at the footer of an Arrow IPC file: the blocks that it names lie in the file.</summary>
static class ArrowFooter
{
    const int MagicBytes = 6, BlockBytes = 24, FooterDictionaries = 2, FooterBatches = 3;

    /// <exception cref="InvalidDataException">They don't.</exception>
    public static async Task CheckAsync(Stream file, CancellationToken cancellation)
    {
        var tail = new byte[sizeof(int) + MagicBytes];
        if (file.Length < 2 * tail.Length) throw new InvalidDataException("it is too short.");
        file.Position = file.Length - tail.Length;
        await file.ReadExactlyAsync(tail, cancellation).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (length <= 0 || length > Math.Min(file.Length - tail.Length, ArrowMessages.MaxMetadata))
            throw new InvalidDataException($"its footer claims {length:N0} bytes.");
        var footer = new byte[length];
        file.Position = file.Length - tail.Length - length;
        await file.ReadExactlyAsync(footer, cancellation).ConfigureAwait(false);
        List<(long Offset, int Length)> blocks;
        try { blocks = Blocks(FlatTable.Root(footer), file.Length); }
        catch (ArgumentOutOfRangeException e) { throw new InvalidDataException("its footer leads out of itself.", e); }
        foreach (var (offset, metadata) in blocks)
        {
            if (metadata < 2 * sizeof(int)) throw new InvalidDataException($"a block of {metadata:N0} bytes can't be.");
            var block = new byte[metadata];
            file.Position = offset;
            await file.ReadExactlyAsync(block, cancellation).ConfigureAwait(false);
            // Older files have no mark before the length.
            ChunkFrame.CheckMessage(block.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(block) == -1 ? 2 * sizeof(int) : sizeof(int)));
        }
        file.Position = 0;
    }

    static List<(long Offset, int Length)> Blocks(FlatTable footer, long fileLength)
    {
        var found = new List<(long, int)>();
        long rest = fileLength;
        foreach (int list in (ReadOnlySpan<int>)[FooterDictionaries, FooterBatches])
        {
            for (var blocks = footer.Structs(list, BlockBytes); blocks.Length > 0; blocks = blocks[BlockBytes..])
            {
                long offset = BinaryPrimitives.ReadInt64LittleEndian(blocks),
                    body = BinaryPrimitives.ReadInt64LittleEndian(blocks[(2 * sizeof(long))..]);
                int metadata = BinaryPrimitives.ReadInt32LittleEndian(blocks[sizeof(long)..]);
                if (offset < 0 || metadata is < 0 or > ArrowMessages.MaxMetadata || body < 0 || offset > fileLength
                    || metadata > fileLength - offset || body > fileLength - offset - metadata)
                    throw new InvalidDataException($"a block of {metadata:N0} + {body:N0} bytes at {offset:N0} doesn't lie in it.");
                if ((rest -= metadata + body) < 0) throw new InvalidDataException("its blocks lie one over the other.");
                found.Add((offset, metadata));
            }
        }
        return found;
    }
}
