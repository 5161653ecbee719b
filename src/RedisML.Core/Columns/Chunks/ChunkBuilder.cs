using Apache.Arrow;
using RedisML.Columns.Builders;

namespace RedisML.Columns.Chunks;

/// <summary>A chunk ready to be stored.</summary>
/// <param name="Data">The Arrow IPC stream; disposing the chunk gives its memory back.</param>
/// <param name="Rows">Rows in the chunk.</param>
/// <param name="UncompressedBytes">Bytes of all its buffers before compression.</param>
/// <param name="Checksum">CRC-32 of the data.</param>
/// <param name="Statistics">The statistics of each column.</param>
sealed record EncodedChunk(PooledStream Data, int Rows, long UncompressedBytes, uint Checksum, IReadOnlyList<ColumnStatistics> Statistics)
    : IDisposable
{
    public void Dispose() => Data.Dispose();
}

/// <summary>Collects rows, column by column, and encodes them as a chunk. Its memory is used again for the next one.</summary>
sealed class ChunkBuilder
{
    readonly IReadOnlyList<ColumnSchema> _schema;

    // That of the chunk before; few chunks have other types than it, and for many columns it takes long to make.
    Schema? _arrowSchema;

    public ChunkBuilder(IReadOnlyList<ColumnSchema> schema)
    {
        _schema = schema;
        Columns = [.. schema.Select(c => ColumnBuilder.Create(c.Type))];
    }

    /// <summary>One a column; the caller appends to each in turn.</summary>
    public IReadOnlyList<ColumnBuilder> Columns { get; }

    public int Rows => Columns[0].Count;

    /// <summary>Encodes the rows so far, and starts anew.</summary>
    public EncodedChunk Encode(ChunkCompression compression)
    {
        var columns = Columns.Select(c => c.Build()).ToArray();
        if (_arrowSchema is null
            || !columns.Zip(_arrowSchema.FieldsList, (built, field) => ReferenceEquals(built.Type, field.DataType)).All(same => same))
            _arrowSchema = new(_schema.Zip(columns, (c, built) => new Field(c.Name, built.Type, nullable: true)), null);
        var batch = new RecordBatch(_arrowSchema, columns.Select(c => c.Array), Rows);
        var data = ChunkCodec.Encode(batch, compression);
        var chunk = new EncodedChunk(data, Rows, ChunkCodec.BufferBytes(batch), ChunkCodec.Checksum(data.WrittenMemory.Span),
            [.. columns.Select(c => c.Statistics)]);
        foreach (var column in Columns) column.Reset();
        return chunk;
    }
}
