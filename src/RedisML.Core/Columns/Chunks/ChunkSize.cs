namespace RedisML.Columns.Chunks;

/// <summary>How large a chunk is meant to be.</summary>
static class ChunkSize
{
    /// <summary>Bytes before compression: just below the sizes of memory that Redis rounds up to.</summary>
    public const int TargetBytes = 1_000_000;

    /// <summary>The most bytes before compression, whatever the rows.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Fewer rows of many columns would cost several times as much a byte.</summary>
    public const int MinRows = 640;

    const int MaxRows = 1 << 20;

    /// <summary>How many rows make a chunk, where <paramref name="rows"/> of them take <paramref name="bytes"/>
    /// before compression.</summary>
    public static int RowsFor(long bytes, int rows)
    {
        double perRow = Math.Max(1, (double)bytes / Math.Max(1, rows));
        return (int)Math.Max(1, Math.Min(Math.Max(TargetBytes / perRow, MinRows), Math.Min(MaxBytes / perRow, MaxRows)));
    }
}
