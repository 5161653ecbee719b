using System.Buffers.Binary;

namespace RedisML.Columns.Chunks;

/// <summary>Looks through the frame of an Arrow IPC stream, before any of it is decoded: what it claims is there, and no more than it could yield.</summary>
/// <remarks>
/// The reader allocates what a buffer says that it inflates to. Only that, and where buffers lie, is read here, by the format's own description
/// (<see href="https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format"/>).
/// </remarks>
static class ChunkFrame
{
    /// <summary>What any chunk may inflate to, however small it is.</summary>
    public const long PlainBytes = 4L * ChunkSize.MaxBytes;

    /// <summary>A byte of LZ4 yields no more; Zstandard is held to it beyond <see cref="PlainBytes"/>.</summary>
    public const long MostPerByte = 255;

    const int Continuation = -1, PrefixBytes = 8, StructBytes = 16;
    const byte DictionaryBatch = 2, RecordBatch = 3;

    // The fields of the tables, by number.
    const int MessageType = 1, MessageHeader = 2, MessageBody = 3, DictionaryData = 1, BatchBuffers = 2, BatchCompression = 3;

    /// <summary>Bytes that the buffers of a chunk inflate to, as they claim.</summary>
    /// <exception cref="InvalidDataException">It claims what isn't there, or what can't be.</exception>
    public static long Check(ReadOnlySpan<byte> chunk)
    {
        long claimed = 0, most = Math.Max(PlainBytes, MostPerByte * chunk.Length);
        for (var rest = chunk; rest.Length >= sizeof(int);)
        {
            bool isLong = Int(rest, 0) == Continuation;
            int start = isLong ? PrefixBytes : sizeof(int), length = Int(rest, start - sizeof(int));
            if (length == 0) break;
            Demand(length > 0 && length <= rest.Length - start, $"a message of {length:N0} bytes isn't all there");
            var message = rest.Slice(start, length);
            int root = Int(message, 0);
            long body = Field(message, root, MessageBody) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(message[at..]) : 0;
            Demand(body >= 0 && body <= rest.Length - start - length, $"a body of {body:N0} bytes isn't all there");
            if (Field(message, root, MessageType) is > 0 and var type && message[type] is DictionaryBatch or RecordBatch)
            {
                int table = Table(message, root, MessageHeader);
                if (message[type] == DictionaryBatch) table = Table(message, table, DictionaryData);
                claimed += Claimed(message, table, rest.Slice(start + length, (int)body));
                Demand(claimed <= most, $"{chunk.Length:N0} bytes claim to inflate to {claimed:N0}");
            }
            rest = rest[(start + length + (int)body)..];
        }
        return claimed;
    }

    static long Claimed(ReadOnlySpan<byte> message, int batch, ReadOnlySpan<byte> body)
    {
        if (Field(message, batch, BatchBuffers) is not (> 0 and var vector)) return 0;
        bool isCompressed = Field(message, batch, BatchCompression) > 0;
        vector += Int(message, vector);
        int count = Int(message, vector);
        Demand(count >= 0 && (long)count * StructBytes <= message.Length - vector, $"{count:N0} buffers aren't all described");
        long claimed = 0;
        for (int i = 0; i < count; i++)
        {
            int at = vector + sizeof(int) + i * StructBytes;
            long offset = BinaryPrimitives.ReadInt64LittleEndian(message[at..]), length = BinaryPrimitives.ReadInt64LittleEndian(message[(at + sizeof(long))..]);
            Demand(offset >= 0 && length >= 0 && offset <= body.Length && length <= body.Length - offset, $"buffer {i} of {length:N0} bytes at {offset:N0} isn't all there");
            if (!isCompressed || length == 0)
            {
                claimed += length;
                continue;
            }
            Demand(length >= sizeof(long), $"buffer {i} is cut off");
            long inflated = BinaryPrimitives.ReadInt64LittleEndian(body[(int)offset..]);
            Demand(inflated >= -1, $"buffer {i} claims to inflate to {inflated:N0} bytes");
            claimed += inflated < 0 ? length : inflated;
            Demand(claimed >= 0, $"buffer {i} claims to inflate to {inflated:N0} bytes");
        }
        return claimed;
    }

    /// <summary>Where a field of a table lies; 0 where the table hasn't got it.</summary>
    static int Field(ReadOnlySpan<byte> message, int table, int field)
    {
        int vtable = table - Int(message, table), slot = sizeof(int) + sizeof(ushort) * field;
        if (slot >= BinaryPrimitives.ReadUInt16LittleEndian(message[vtable..])) return 0;
        ushort offset = BinaryPrimitives.ReadUInt16LittleEndian(message[(vtable + slot)..]);
        return offset == 0 ? 0 : table + offset;
    }

    static int Table(ReadOnlySpan<byte> message, int table, int field)
    {
        int at = Field(message, table, field);
        Demand(at > 0, "a message lacks its header");
        return at + Int(message, at);
    }

    static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    static void Demand(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException(otherwise);
    }
}
