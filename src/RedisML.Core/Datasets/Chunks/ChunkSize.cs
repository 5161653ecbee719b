namespace RedisML.Datasets.Chunks;

/// <summary>How large a chunk is meant to be.</summary>
static class ChunkSize
{
    /// <summary>Bytes before compression: just below the sizes of memory that Redis rounds up to.</summary>
    public const int TargetBytes = 1_000_000;

    /// <summary>The most bytes before compression, whatever the rows.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Fewer rows of many columns would cost several times as much a byte.</summary>
    public const int MinRows = 2048;
}
