namespace RedisML.Training;

/// <summary>Where the chunks of a training come from.</summary>
internal interface ITrainingSource
{
    /// <summary>The number of rows in all chunks.</summary>
    long Rows { get; }

    /// <summary>The rows of each chunk; null where they become known as chunks are read.</summary>
    IReadOnlyList<int>? ChunkRows { get; }

    /// <summary>Some chunks that follow each other.</summary>
    ITrainingChunks Open(Range chunks);
}

/// <summary>All chunks, read once.</summary>
internal sealed class WholeSource(ITrainingChunks chunks) : ITrainingSource
{
    public long Rows => chunks.Rows;

    public IReadOnlyList<int>? ChunkRows => null;

    public ITrainingChunks Open(Range range) => chunks;
}
