using System.Buffers.Binary;

namespace RedisML.Parquet;

/// <summary>Looks at what the pages of a file claim to hold before the library takes memory for it: their headers alone are read.</summary>
/// <remarks>
/// The library believes the sizes in them: a page of 100 bytes that claims 2 GB gets 2 GB, in each column that is read at once. Which
/// fields mean what is in <c>parquet.thrift</c> of the Parquet format.
/// </remarks>
static class PageClaims
{
    /// <summary>Bytes that a page may hold, and that the largest pages of all columns may hold together unless the file is large itself.
    /// </summary>
    const long MostBytes = 256L << 20;

    /// <summary>How much more than its own size the largest pages of all columns may hold together.</summary>
    const long MostTimes = 20;

    /// <summary>Values that a page may claim, unless it has so many bytes that each of these claims no more than so many.</summary>
    const long MostValues = 16L << 20, MostValuesOfByte = 1000;

    /// <summary>Of a value in a dictionary, where the library keeps it decoded.</summary>
    const int ValueBytes = 16;

    const int FirstLook = 512, MostHeaderBytes = 16 << 20;

    /// <returns>Of each column, by its number, the bytes that one value of its largest dictionary may have; those without a dictionary
    /// have none.</returns>
    /// <exception cref="InvalidDataException">A page claims more than can be.</exception>
    public static IReadOnlyDictionary<int, long> Check(Stream stream)
    {
        var content = new PlacedReads(stream);
        var longest = new Dictionary<int, long>();
        // What isn't a whole file, or is encrypted, the library refuses.
        if (Footer(content) is not { } footer) return longest;
        long together = 0;
        foreach (var chunks in Chunks(footer).GroupBy(chunk => chunk.Column))
        {
            var sizes = chunks.Select(chunk => SizesOf(content, chunk)).ToList();
            together += sizes.Max(size => size.Largest);
            if (together > Math.Max(MostBytes, MostTimes * content.Length))
                throw new InvalidDataException($"its pages claim to hold {together:N0} bytes at once, in a file of {content.Length:N0}");
            if (sizes.Max(size => size.Longest) is > 0 and var most) longest.Add(chunks.Key, most);
        }
        return longest;
    }

    /// <summary>A column's part of a row group.</summary>
    readonly record struct Chunk(int Column, long Start, long Values);

    /// <summary>Bytes that the largest pages of a column's part take, a dictionary and one of values; and that the longest value of the
    /// dictionary may have, were all others empty.</summary>
    static (long Largest, long Longest) SizesOf(PlacedReads content, Chunk chunk)
    {
        const int lengthBytes = 4;
        long dictionary = 0, most = 0, values = 0, longest = 0;
        for (long at = chunk.Start; values < chunk.Values && at >= 0 && at < content.Length;)
        {
            var page = ReadHeader(content, at);
            at += page.HeaderBytes;
            if (page.Stored < 0 || page.Stored > content.Length - at)
                throw new InvalidDataException($"a page claims {page.Stored:N0} bytes of the file, which ends before");
            if (page.Bytes is < 0 or > MostBytes || page.Values < 0)
                throw new InvalidDataException($"a page claims to hold {page.Bytes:N0} bytes; {MostBytes:N0} are the most");
            if (page.Values > Math.Max(MostValues, MostValuesOfByte * page.Stored) || page.IsDictionary && page.Values > page.Bytes)
                throw new InvalidDataException($"a page of {page.Stored:N0} bytes claims to hold {page.Values:N0} values");
            at += page.Stored;
            if (page.IsDictionary)
            {
                dictionary = Math.Max(dictionary, page.Bytes + ValueBytes * page.Values);
                longest = Math.Max(longest, page.Bytes - lengthBytes * page.Values);
            }
            else
            {
                most = Math.Max(most, page.Bytes);
                values += page.Values;
            }
        }
        return (dictionary + most, longest);
    }

    readonly record struct Header(int HeaderBytes, long Stored, long Bytes, long Values, bool IsDictionary);

    static Header ReadHeader(PlacedReads content, long at)
    {
        for (int length = FirstLook; ; length *= 8)
        {
            var bytes = content.Read(at, (int)Math.Min(length, content.Length - at));
            try
            {
                return ParseHeader(bytes);
            }
            catch (EndOfStreamException) when (bytes.Length == length && length < MostHeaderBytes)
            {
                // Statistics of long texts make a header long.
            }
            catch (EndOfStreamException e)
            {
                throw new InvalidDataException("a page has no end", e);
            }
        }
    }

    static Header ParseHeader(ReadOnlySpan<byte> bytes)
    {
        const int uncompressed = 2, compressed = 3, data = 5, dictionary = 7, dataV2 = 8, count = 1;
        var reader = new CompactReader(bytes);
        (long stored, long plain, long values, bool isDictionary, int id) = (0, 0, 0, false, 0);
        while (reader.Next(ref id, out var type))
        {
            switch (id, type)
            {
                case (uncompressed, CompactType.Int32): plain = reader.Integer(); break;
                case (compressed, CompactType.Int32): stored = reader.Integer(); break;
                case (data or dictionary or dataV2, CompactType.Structure):
                    isDictionary |= id == dictionary;
                    int inner = 0;
                    while (reader.Next(ref inner, out var field))
                        if (inner == count && field == CompactType.Int32) values = reader.Integer();
                        else reader.Skip(field);
                    break;
                default: reader.Skip(type); break;
            }
        }
        return new(reader.Position, stored, plain, values, isDictionary);
    }

    static List<Chunk> Chunks(ReadOnlySpan<byte> footer)
    {
        const int rowGroups = 4, columns = 1, metadata = 3;
        var chunks = new List<Chunk>();
        var reader = new CompactReader(footer);
        try
        {
            int id = 0;
            while (reader.Next(ref id, out var type))
            {
                if (id != rowGroups || type != CompactType.List)
                {
                    reader.Skip(type);
                    continue;
                }
                for (long group = reader.List(out _); group > 0; group--)
                {
                    int inGroup = 0;
                    while (reader.Next(ref inGroup, out var groupType))
                    {
                        if (inGroup != columns || groupType != CompactType.List)
                        {
                            reader.Skip(groupType);
                            continue;
                        }
                        long count = reader.List(out _);
                        for (int column = 0; column < count; column++)
                        {
                            int inColumn = 0;
                            while (reader.Next(ref inColumn, out var columnType))
                                if (inColumn == metadata && columnType == CompactType.Structure) chunks.Add(ParseChunk(ref reader, column));
                                else reader.Skip(columnType);
                        }
                    }
                }
            }
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("its footer has no end", e);
        }
        return chunks;
    }

    static Chunk ParseChunk(ref CompactReader reader, int column)
    {
        const int values = 5, dataPage = 9, dictionaryPage = 11;
        (long count, long data, long dictionary, int id) = (0, 0, 0, 0);
        while (reader.Next(ref id, out var type))
        {
            switch (id, type)
            {
                case (values, CompactType.Int64): count = reader.Integer(); break;
                case (dataPage, CompactType.Int64): data = reader.Integer(); break;
                case (dictionaryPage, CompactType.Int64): dictionary = reader.Integer(); break;
                default: reader.Skip(type); break;
            }
        }
        return new(column, dictionary > 0 ? Math.Min(dictionary, data) : data, count);
    }

    static byte[]? Footer(PlacedReads content)
    {
        const int tail = 8;
        if (content.Length < tail) return null;
        var end = content.Read(content.Length - tail, tail);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        return end.AsSpan(sizeof(uint)).SequenceEqual("PAR1"u8) && length <= Math.Min(content.Length - tail, Array.MaxLength)
            ? content.Read(content.Length - tail - length, (int)length) : null;
    }
}
