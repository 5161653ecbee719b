using Apache.Arrow;
using RedisML.Formats;

namespace RedisML.Parquet;

/// <summary>Parquet files, read and written by Arrow's own library.</summary>
sealed class ParquetFormat : IFileFormat
{
    public string Name => "Parquet";

    public ReadOnlySpan<byte> Signature => "PAR1"u8;

    public IBatchReader Read(Stream content) => new ParquetFile(content);

    public IBatchWriter Write(Stream target, Schema schema) => new ParquetBatchWriter(target, schema);
}
