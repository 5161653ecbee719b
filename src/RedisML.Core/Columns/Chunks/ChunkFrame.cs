using System.Buffers.Binary;

namespace RedisML.Columns.Chunks;

/// <summary>Looks through the frame of an Arrow IPC stream, before any of it is decoded: what it claims is there,
/// and no more than it could yield.</summary>
/// <remarks>
/// The reader allocates what a buffer says that it inflates to. Only that, and where buffers lie, is read here,
/// by the format's own description
/// (<see href="https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format"/>).
/// </remarks>
static class ChunkFrame
{
    /// <summary>What any chunk may inflate to, however small it is.</summary>
    public const long PlainBytes = 4L * ChunkSize.MaxBytes;

    /// <summary>A byte of LZ4 yields no more; Zstandard is held to it beyond <see cref="PlainBytes"/>.</summary>
    public const long MostPerByte = 255;

    const int Continuation = -1, PrefixBytes = 8, BufferBytes = 16;
    const byte DictionaryBatch = 2, RecordBatch = 3;

    // The fields of the tables, by number.
    const int MessageType = 1, MessageHeader = 2, MessageBody = 3, DictionaryData = 1, BatchNodes = 1, BatchBuffers = 2,
        BatchCompression = 3, BatchVariadic = 4;

    /// <summary>The bytes of the body that a message says follows it; its lists are there, for which the reader makes room.</summary>
    /// <exception cref="InvalidDataException">They aren't, or it can't be.</exception>
    public static long CheckMessage(ReadOnlySpan<byte> message)
    {
        try
        {
            var root = FlatTable.Root(message);
            long body = root.Long(MessageBody);
            Demand(body >= 0, $"a body of {body:N0} bytes can't be");
            if (root.Byte(MessageType) is not (DictionaryBatch or RecordBatch)) return body;
            var batch = root.Table(MessageHeader);
            if (root.Byte(MessageType) == DictionaryBatch) batch = batch.Table(DictionaryData);
            batch.Structs(BatchNodes, BufferBytes);
            batch.Structs(BatchBuffers, BufferBytes);
            batch.Structs(BatchVariadic, sizeof(long));
            return body;
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException("a message leads out of itself", e);
        }
    }

    /// <summary>Bytes that the buffers of a chunk inflate to, as they claim.</summary>
    /// <exception cref="InvalidDataException">It claims what isn't there, or what can't be. So does
    /// <see cref="ArgumentOutOfRangeException"/>.</exception>
    public static long Check(ReadOnlySpan<byte> chunk)
    {
        long claimed = 0, most = Math.Max(PlainBytes, MostPerByte * chunk.Length);
        for (var rest = chunk; rest.Length >= sizeof(int);)
        {
            int start = BinaryPrimitives.ReadInt32LittleEndian(rest) == Continuation ? PrefixBytes : sizeof(int);
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[(start - sizeof(int))..]);
            if (length == 0) break;
            Demand(length > 0 && length <= rest.Length - start, $"a message of {length:N0} bytes isn't all there");
            long body = CheckMessage(rest.Slice(start, length));
            var message = FlatTable.Root(rest.Slice(start, length));
            Demand(body <= rest.Length - start - length, $"a body of {body:N0} bytes isn't all there");
            if (message.Byte(MessageType) is DictionaryBatch or RecordBatch)
            {
                var batch = message.Table(MessageHeader);
                claimed += Claimed(message.Byte(MessageType) == DictionaryBatch ? batch.Table(DictionaryData)
                    : batch, rest.Slice(start + length, (int)body));
                Demand(claimed <= most, $"{chunk.Length:N0} bytes claim to inflate to {claimed:N0}");
            }
            rest = rest[(start + length + (int)body)..];
        }
        return claimed;
    }

    static long Claimed(FlatTable batch, ReadOnlySpan<byte> body)
    {
        bool isCompressed = batch.Has(BatchCompression);
        long claimed = 0;
        for (var buffers = batch.Structs(BatchBuffers, BufferBytes); buffers.Length > 0; buffers = buffers[BufferBytes..])
        {
            long offset = BinaryPrimitives.ReadInt64LittleEndian(buffers),
                length = BinaryPrimitives.ReadInt64LittleEndian(buffers[sizeof(long)..]);
            Demand(offset >= 0 && length >= 0 && offset <= body.Length
                && length <= body.Length - offset, $"a buffer of {length:N0} bytes at {offset:N0} isn't all there");
            long inflated = -1;
            if (isCompressed && length > 0)
            {
                Demand(length >= sizeof(long), "a buffer is cut off");
                inflated = BinaryPrimitives.ReadInt64LittleEndian(body[(int)offset..]);
                Demand(inflated is >= -1 and <= int.MaxValue, $"a buffer claims to inflate to {inflated:N0} bytes");
            }
            claimed += inflated < 0 ? length : inflated;
        }
        return claimed;
    }

    static void Demand(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException(otherwise);
    }
}
