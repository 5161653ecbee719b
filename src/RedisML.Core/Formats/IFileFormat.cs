using Apache.Arrow;

namespace RedisML.Formats;

/// <summary>A format of files of typed columns, which are read and written as Arrow's record batches.</summary>
public interface IFileFormat
{
    /// <summary>Such as <c>Parquet</c>.</summary>
    string Name { get; }

    /// <summary>What each of its files starts with. At most 256 bytes.</summary>
    ReadOnlySpan<byte> Signature { get; }

    /// <param name="content">Read from anywhere; stays open.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    IBatchReader Read(Stream content);

    /// <param name="target">Written from its start to its end, and knows its position; stays open.</param>
    /// <param name="schema">In the types that datasets have.</param>
    /// <exception cref="IOException"></exception>
    IBatchWriter Write(Stream target, Schema schema);
}
