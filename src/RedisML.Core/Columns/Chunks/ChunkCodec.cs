using System.IO.Hashing;
using System.Text.Json.Serialization;
using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace RedisML.Columns.Chunks;

/// <summary>How the buffers of a chunk are compressed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChunkCompression>))]
public enum ChunkCompression
{
    None,

    /// <summary>LZ4 frames, as the Arrow format defines them; buffers that don't shrink stay as they are.</summary>
    Lz4,

    /// <summary>Zstandard frames, as the Arrow format defines them: smaller than LZ4, and slower.</summary>
    Zstd,
}

/// <summary>A chunk is one Arrow IPC stream: schema, dictionaries, one record batch.</summary>
static class ChunkCodec
{
    static readonly IpcOptions s_uncompressed = new();
    static readonly IpcOptions s_lz4 = new()
    {
        CompressionCodec = CompressionCodecType.Lz4Frame,
        CompressionCodecFactory = Lz4CodecFactory.Instance,
    };

    static readonly IpcOptions s_zstd = new()
    {
        CompressionCodec = CompressionCodecType.Zstd,
        CompressionCodecFactory = Lz4CodecFactory.Instance,
    };

    /// <summary>Writes <paramref name="batch"/> as a stream. The caller disposes the result.</summary>
    public static PooledStream Encode(RecordBatch batch, ChunkCompression compression)
    {
        // Close to what it takes: rented memory comes in powers of two, and a chunk is meant to be just below one.
        int metadata = 1024 + 256 * batch.ColumnCount;
        var stream = new PooledStream(checked((int)BufferBytes(batch) + metadata));
        using var scratch = new ScratchAllocator();
        using var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true,
            compression switch { ChunkCompression.Lz4 => s_lz4, ChunkCompression.Zstd => s_zstd, _ => s_uncompressed }, scratch);
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
        return stream;
    }

    /// <summary>Reads the record batch of a chunk from elsewhere, as <see cref="Decode(ReadOnlyMemory{byte})"/> does:
    /// nothing it claims is believed.</summary>
    /// <exception cref="InvalidDataException">It isn't whole, or claims what can't be. (The reader throws others, too.)</exception>
    public static RecordBatch DecodeForeign(ReadOnlyMemory<byte> bytes, IReadOnlyList<ColumnSchema> columns)
    {
        ChunkFrame.Check(bytes.Span);
        var batch = ChunkAlignment.Align(Decode(bytes) ?? throw new InvalidDataException("it has no rows"), columns);
        BatchCheck.Demand(batch, columns);
        return batch;
    }

    /// <summary>Reads the record batch of a chunk. Where it isn't compressed,
    /// it refers to <paramref name="bytes"/> and copies nothing.</summary>
    public static RecordBatch Decode(ReadOnlyMemory<byte> bytes)
    {
        using var reader = new ArrowStreamReader(bytes, Lz4CodecFactory.Instance);
        return reader.ReadNextRecordBatch();
    }

    /// <summary>Bytes of all buffers of the batch.</summary>
    public static long BufferBytes(RecordBatch batch) => batch.Arrays.Sum(a => Bytes(a.Data) + (a.Data.Dictionary is { } d ? Bytes(d) : 0));

    /// <summary>CRC-32 as in zlib, gzip and PNG.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => Crc32.HashToUInt32(bytes);

    static long Bytes(ArrayData data) => data.Buffers.Sum(b => (long)b.Length);
}
