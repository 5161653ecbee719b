using System.Buffers.Binary;

namespace RedisML.Columns.Chunks;

/// <summary>A table of a FlatBuffer, of which fields are found by number. What leads out of the buffer throws
/// <see cref="ArgumentOutOfRangeException"/>.</summary>
/// <remarks>See <see href="https://flatbuffers.dev/internals/"/>.</remarks>
readonly ref struct FlatTable
{
    readonly ReadOnlySpan<byte> _buffer;
    readonly int _at;

    FlatTable(ReadOnlySpan<byte> buffer, int at)
    {
        _buffer = buffer;
        _at = at;
    }

    /// <summary>The table that a buffer starts with.</summary>
    public static FlatTable Root(ReadOnlySpan<byte> buffer) => new(buffer, Int(buffer, 0));

    public bool Has(int field) => Field(field) > 0;

    public byte Byte(int field) => Field(field) is > 0 and var at ? _buffer[at..][0] : (byte)0;

    public long Long(int field) => Field(field) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(_buffer[at..]) : 0;

    /// <exception cref="InvalidDataException">There is none.</exception>
    public FlatTable Table(int field)
    {
        int at = Field(field);
        return at > 0 ? new(_buffer, at + Int(_buffer, at)) : throw new InvalidDataException("a message lacks its header");
    }

    /// <summary>The bytes of a vector of structs of a size; empty where there is none.</summary>
    public ReadOnlySpan<byte> Structs(int field, int size)
    {
        if (Field(field) is not (> 0 and var at)) return default;
        at += Int(_buffer, at);
        long count = Int(_buffer, at);
        if (count < 0 || count * size > _buffer.Length - at - sizeof(int))
            throw new InvalidDataException($"a list of {count:N0} isn't all there");
        return _buffer.Slice(at + sizeof(int), (int)count * size);
    }

    /// <summary>Where a field lies; 0 where the table hasn't got it.</summary>
    int Field(int field)
    {
        int vtable = _at - Int(_buffer, _at), slot = sizeof(int) + sizeof(ushort) * field;
        if (slot >= BinaryPrimitives.ReadUInt16LittleEndian(_buffer[vtable..])) return 0;
        ushort offset = BinaryPrimitives.ReadUInt16LittleEndian(_buffer[(vtable + slot)..]);
        return offset == 0 ? 0 : _at + offset;
    }

    static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}
