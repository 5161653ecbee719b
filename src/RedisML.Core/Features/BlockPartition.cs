namespace RedisML.Features;

/// <summary>A chunk's rows cut into blocks of nearly equal size, none above a maximum.</summary>
internal readonly record struct BlockPartition(int Rows, int MaxBlockRows)
{
    public int Count => (Rows + MaxBlockRows - 1) / MaxBlockRows;

    public int Start(int block) => (int)((long)Rows * block / Count);

    public int Length(int block) => Start(block + 1) - Start(block);

    /// <summary>The most rows a block has, so that the numbers of one fit a core's cache. It depends on the features alone.</summary>
    public static int BlockRows(int numberCount) => Math.Clamp(65_536 / Math.Max(1, numberCount) / 64 * 64, 128, 1024);
}
