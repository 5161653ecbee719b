namespace RedisML.Features;

/// <summary>A chunk's rows cut into a number of blocks of nearly equal size.</summary>
internal readonly record struct BlockPartition(int Rows, int Count)
{
    /// <summary>The rows of the largest block.</summary>
    public int MaxBlockRows => (Rows + Count - 1) / Count;

    public int Start(int block) => (int)((long)Rows * block / Count);

    public int Length(int block) => Start(block + 1) - Start(block);

    /// <summary>The fewest blocks, one at least, none of which has more rows than given.</summary>
    public static int CountOf(int rows, int blockRows) => Math.Max(1, (rows + blockRows - 1) / blockRows);

    /// <summary>The most rows a block has, so that the numbers of one fit a core's cache. It depends on the features alone.</summary>
    public static int BlockRows(int numberCount) => Math.Clamp(65_536 / Math.Max(1, numberCount) / 64 * 64, 128, 1024);
}
