using RedisML.Features;
using RedisML.Runs.Exchange;

namespace RedisML.Training;

/// <summary>The blocks of all chunks in order, and the leaves that they fall into: known from the chunks' sizes,
/// before any is read.</summary>
internal sealed class BlockMap
{
    const int MaxLeaves = 64;

    readonly int[] _firstBlocks;

    /// <param name="chunkRows">The rows of each chunk, those that will be left out included.</param>
    /// <param name="numberCount">The numbers of a row.</param>
    public BlockMap(IEnumerable<int> chunkRows, int numberCount)
    {
        var firstBlocks = new List<int> { 0 };
        foreach (int rows in chunkRows)
            firstBlocks.Add(firstBlocks[^1] + BlockPartition.CountOf(rows, BlockPartition.BlockRows(numberCount)));
        _firstBlocks = [.. firstBlocks];
    }

    public int BlockCount => _firstBlocks[^1];

    /// <summary>How many leaves there are. It doesn't depend on who adds them up.</summary>
    public int Leaves => Math.Min(MaxLeaves, BlockCount);

    /// <summary>The first block of a chunk among all.</summary>
    public int FirstBlock(int chunk) => _firstBlocks[chunk];

    /// <summary>The first block of a leaf.</summary>
    public int LeafStart(int leaf) => (int)((long)BlockCount * leaf / Leaves);

    /// <summary>The leaf that a chunk's first block falls into.</summary>
    public int LeafOf(int chunk)
    {
        int leaf = (int)((long)_firstBlocks[chunk] * Leaves / BlockCount);
        return leaf + 1 < Leaves && LeafStart(leaf + 1) <= _firstBlocks[chunk] ? leaf + 1 : leaf;
    }

    /// <summary>The chunks with a block in the share; the first and the last may lie in a neighbour's too.</summary>
    public Range Chunks(Share share)
    {
        if (share.Count <= 0) return ..0;
        int first = Array.BinarySearch(_firstBlocks, LeafStart(share.First));
        int end = Array.BinarySearch(_firstBlocks, share.End == Leaves ? BlockCount : LeafStart(share.End));
        return (first < 0 ? ~first - 1 : first)..(end < 0 ? ~end : end);
    }
}
