using Apache.Arrow;

namespace RedisML.Formats;

/// <summary>An open file of typed columns.</summary>
public interface IBatchReader : IDisposable
{
    /// <summary>Of its columns, in the types that values are to have: a batch may have narrower or coarser ones.</summary>
    Schema Schema { get; }

    /// <summary>How many rows the file says that it has.</summary>
    long Rows { get; }

    /// <summary>The rows in order, in batches of bounded size; whoever takes a batch disposes it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    IEnumerable<RecordBatch> Batches();
}
