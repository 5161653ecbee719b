using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Columns.Chunks;

namespace RedisML.Unit.Trust;

/// <summary>Indices into a dictionary that somebody else wrote lead to a level of it, unless their value is missing.</summary>
public sealed class BatchCheckTests
{
    const int Levels = 3;

    public static TheoryData<string> IndexTypes => ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];

    [Theory]
    [MemberData(nameof(IndexTypes))]
    public void Indices_are_held_against_the_dictionary(string type)
    {
        Assert.True(IsWhole(type, [0, 2, 1, 0]));
        Assert.False(IsWhole(type, [0, 3, 1, 0]));
        Assert.False(IsWhole(type, [0, 2, 1, 120]));
        Assert.True(IsWhole(type, []));
        // A missing value may have any index; what is missing is the one of row 1.
        Assert.True(IsWhole(type, [0, 120, 1, 2], missing: 1));
        Assert.False(IsWhole(type, [0, 120, 1, 3], missing: 1));
        // Rows before the slice and behind it don't count.
        Assert.True(IsWhole(type, [120, 0, 2, 120], offset: 1, length: 2));
        Assert.False(IsWhole(type, [0, 0, 120, 0], offset: 1, length: 2));
        if (type.StartsWith('u')) return;
        Assert.False(IsWhole(type, [0, -1, 1, 0]));
        Assert.True(IsWhole(type, [0, -1, 1, 0], missing: 1));
    }

    static bool IsWhole(string type, long[] indices, int? missing = null, int offset = 0, int? length = null)
    {
        var (index, bytes) = type switch
        {
            "int8" => (Int8Type.Default, Bytes(i => (sbyte)i)),
            "int16" => (Int16Type.Default, Bytes(i => (short)i)),
            "int32" => (Int32Type.Default, Bytes(i => (int)i)),
            "int64" => (Int64Type.Default, Bytes(i => i)),
            "uint8" => (UInt8Type.Default, Bytes(i => (byte)i)),
            "uint16" => (UInt16Type.Default, Bytes(i => (ushort)i)),
            "uint32" => ((IArrowType)UInt32Type.Default, Bytes(i => (uint)i)),
            _ => (UInt64Type.Default, Bytes(i => (ulong)i)),
        };
        var validity = missing is { } row ? new ArrowBuffer(new[] { (byte)~(1 << row) }) : ArrowBuffer.Empty;
        int rows = length ?? indices.Length;
        var data = new ArrayData(new DictionaryType(index, StringType.Default, false), rows, missing is null ? 0 : -1, offset,
            [validity, new(bytes)], null, new StringArray.Builder().AppendRange(Enumerable.Repeat("x", Levels)).Build().Data);
        var schema = new Schema([new("kind", data.DataType, true)], null);
        try
        {
            BatchCheck.Demand(new RecordBatch(schema, [new DictionaryArray(data)], rows));
            return true;
        }
        catch (InvalidDataException e)
        {
            Assert.Contains("its indices lead beyond its dictionary", e.Message);
            return false;
        }

        byte[] Bytes<T>(Func<long, T> convert) where T : unmanaged =>
            [.. System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(indices.Select(convert).ToArray())];
    }
}
