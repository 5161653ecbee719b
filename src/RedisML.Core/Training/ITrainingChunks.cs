using RedisML.Datasets;

namespace RedisML.Training;

/// <summary>The chunks of a dataset, to be taken by several workers at once.</summary>
public interface ITrainingChunks
{
    /// <summary>The number of rows in all chunks.</summary>
    long Rows { get; }

    /// <summary>
    /// Takes a chunk that nobody has taken yet, waiting for it where need be; null when there are no more. Each worker calls this
    /// from its own thread, where decoding belongs too. The worker disposes of the chunk.
    /// </summary>
    DatasetChunk? Take(CancellationToken cancellation);
}
