using Apache.Arrow;

namespace RedisML.Training;

/// <summary>A part of a dataset's rows.</summary>
/// <param name="Index">Its place in the order of rows, from 0, without gaps.</param>
public readonly record struct DatasetChunk(int Index, RecordBatch Batch);

/// <summary>The chunks of a dataset, to be taken by several workers at once.</summary>
public interface ITrainingChunks
{
    /// <summary>The number of rows in all chunks.</summary>
    long Rows { get; }

    /// <summary>
    /// Takes a chunk that nobody has taken yet, waiting for it where need be; null when there are no more. Each worker calls this
    /// from its own thread, where decoding belongs too. The worker disposes of the batch.
    /// </summary>
    DatasetChunk? Take(CancellationToken cancellation);
}
