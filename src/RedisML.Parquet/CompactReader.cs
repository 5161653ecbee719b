namespace RedisML.Parquet;

/// <summary>Reads structures of Thrift's compact protocol, as the footer and the pages of a Parquet file have them.</summary>
/// <remarks>Past its bytes it says so by <see cref="EndOfStreamException"/>, and never reads on.</remarks>
ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Deeper than anything that Parquet has.</summary>
    const int MaxDepth = 32;

    readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    /// <summary>The next field of a structure.</summary>
    /// <param name="id">That of the one before; of the first, 0.</param>
    /// <returns>False at the end of the structure.</returns>
    public bool Next(ref int id, out CompactType type)
    {
        int head = Byte();
        type = (CompactType)(head & 0xF);
        if (head == 0) return false;
        id = head >> 4 is > 0 and var delta ? id + delta : (int)Integer();
        return true;
    }

    /// <summary>How many elements a list has.</summary>
    public long List(out CompactType element)
    {
        int head = Byte();
        element = (CompactType)(head & 0xF);
        return head >> 4 is < 15 and var count ? count : (long)Variable();
    }

    public long Integer()
    {
        ulong value = Variable();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public void Skip(CompactType type, int depth = 0)
    {
        if (depth > MaxDepth) throw new InvalidDataException("its structures are too deep");
        switch (type)
        {
            case CompactType.True or CompactType.False: break;
            case CompactType.Byte: Take(1); break;
            case CompactType.Int16 or CompactType.Int32 or CompactType.Int64: Variable(); break;
            case CompactType.Double: Take(sizeof(double)); break;
            case CompactType.Binary: Take((long)Variable()); break;
            case CompactType.List or CompactType.Set:
                for (long i = List(out var element); i > 0; i--)
                    if (element is CompactType.True or CompactType.False) Take(1);
                    else Skip(element, depth + 1);
                break;
            case CompactType.Map:
                long count = (long)Variable();
                int types = count == 0 ? 0 : Byte();
                for (; count > 0; count--)
                {
                    Skip((CompactType)(types >> 4), depth + 1);
                    Skip((CompactType)(types & 0xF), depth + 1);
                }
                break;
            case CompactType.Structure:
                int id = 0;
                while (Next(ref id, out var field)) Skip(field, depth + 1);
                break;
            default: throw new InvalidDataException("its structures are none");
        }
    }

    ulong Variable()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new InvalidDataException("a number has too many bytes");
    }

    int Byte()
    {
        if (Position >= _bytes.Length) throw new EndOfStreamException();
        return _bytes[Position++];
    }

    void Take(long count)
    {
        if (count < 0 || count > _bytes.Length - Position) throw new EndOfStreamException();
        Position += (int)count;
    }
}
