using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using RedisML.Errors;
using RedisML.Numerics;

namespace RedisML.Formats.Npy;

/// <summary>NumPy's file format for one array
/// (<see href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html"/>).</summary>
/// <remarks>Writes version 1.0, little-endian, C order. Reads 1.0 to 3.0, either byte order, C or Fortran order.</remarks>
public static partial class NpyFormat
{
    const int PreambleLength = 8;
    const int Alignment = 64;
    const int MaxRank = 64;
    const int MaxHeaderLength = 64 * 1024;
    const string InvalidNpy = "InvalidNpy";

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether the bytes start as an <c>.npy</c> file does. No UTF-8 text starts so.</summary>
    public static bool IsNpy(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>The bytes of an <c>.npy</c> file.</summary>
    public static byte[] Write(NpyArray array)
    {
        var info = ElementTypeInfo.Of(array.ElementType);
        string order = info.Size == 1 ? "|" : "<";
        string shape = array.Shape.Count == 1 ? $"{array.Shape[0]}," : string.Join(", ", array.Shape);
        string header = $"{{'descr': '{order}{info.Npy}', 'fortran_order': False, 'shape': ({shape}), }}";
        int start = (PreambleLength + 2 + header.Length + 1 + Alignment - 1) / Alignment * Alignment;

        var data = array.Bytes;
        var bytes = GC.AllocateUninitializedArray<byte>(checked(start + data.Length));
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        bytes[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(PreambleLength), (ushort)(start - PreambleLength - 2));
        bytes.AsSpan(PreambleLength + 2, start - PreambleLength - 2).Fill((byte)' ');
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(PreambleLength + 2));
        bytes[start - 1] = (byte)'\n';
        data.CopyTo(bytes.AsSpan(start));
        if (!BitConverter.IsLittleEndian) ReverseElements(bytes.AsSpan(start), info.Size);
        return bytes;
    }

    /// <summary>The array in the bytes of an <c>.npy</c> file.</summary>
    /// <exception cref="RedisMLException"><c>InvalidNpy</c>: damaged, or of a type that isn't numbers or booleans.</exception>
    public static NpyArray Read(ReadOnlySpan<byte> bytes)
    {
        string header = ReadHeader(bytes, out int start);
        string type = Field(TypeField().Match(header), "'descr' of numbers or booleans");
        var info = ElementTypeInfo.OfNpy(type[1..]) ?? throw Invalid($"the element type '{type}' isn't supported");
        bool fortranOrder = Field(OrderField().Match(header), "'fortran_order'") == "True";
        var shape = ReadShape(Field(ShapeField().Match(header), "'shape'"));

        long count = NpyArray.CountOf(shape);
        var data = bytes[start..];
        if (count < 0 || count * info.Size != data.Length)
            throw Invalid($"{data.Length} bytes follow the header, where the shape ({string.Join(", ", shape)}) of '{type}' needs " +
                $"{(count < 0
                ? "more than an array can hold" : count * info.Size)}");

        var elements = Array.CreateInstance(info.ClrType, (int)count);
        var target = NpyArray.BytesOf(elements, info.Size);
        if (fortranOrder && shape.Length > 1) CopyFromFortranOrder(data, target, shape, info.Size);
        else data.CopyTo(target);
        if (type[0] == '>' == BitConverter.IsLittleEndian) ReverseElements(target, info.Size);
        return new(elements, shape);
    }

    static string ReadHeader(ReadOnlySpan<byte> bytes, out int start)
    {
        if (!IsNpy(bytes)) throw Invalid("it doesn't start with \\x93NUMPY");
        if (bytes.Length < PreambleLength) throw Invalid("it ends within the header");
        int lengthSize = bytes[6] switch { 1 => 2, 2 or 3 => 4, _ => throw Invalid($"version {bytes[6]}.{bytes[7]} isn't supported") };
        if (bytes.Length < PreambleLength + lengthSize) throw Invalid("it ends within the header");
        var length = lengthSize == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[PreambleLength..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[PreambleLength..]);
        if (length > MaxHeaderLength) throw Invalid($"its header claims {length} bytes; {MaxHeaderLength} are allowed");
        start = PreambleLength + lengthSize + (int)length;
        if (bytes.Length < start) throw Invalid("it ends within the header");
        return Encoding.UTF8.GetString(bytes[(PreambleLength + lengthSize)..start]);
    }

    static int[] ReadShape(string text)
    {
        var lengths = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lengths.Length > MaxRank) throw Invalid($"it has {lengths.Length} dimensions; {MaxRank} are allowed");
        return Array.ConvertAll(lengths, l =>
            int.TryParse(l, out int length) ? length : throw Invalid($"'{l}' isn't the length of a dimension"));
    }

    /// <summary>In Fortran order the first index runs fastest.</summary>
    static void CopyFromFortranOrder(ReadOnlySpan<byte> source, Span<byte> target, int[] shape, int size)
    {
        Span<int> index = stackalloc int[shape.Length];
        var strides = new int[shape.Length];
        for (int d = 0, stride = size; d < shape.Length; stride *= shape[d++]) strides[d] = stride;
        for (int to = 0, from = 0; to < target.Length; to += size)
        {
            source.Slice(from, size).CopyTo(target[to..]);
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                from += strides[d];
                if (++index[d] < shape[d]) break;
                from -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
    }

    static void ReverseElements(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2: var shorts = MemoryMarshal.Cast<byte, short>(bytes); BinaryPrimitives.ReverseEndianness(shorts, shorts); break;
            case 4: var ints = MemoryMarshal.Cast<byte, int>(bytes); BinaryPrimitives.ReverseEndianness(ints, ints); break;
            case 8: var longs = MemoryMarshal.Cast<byte, long>(bytes); BinaryPrimitives.ReverseEndianness(longs, longs); break;
        }
    }

    static string Field(Match match, string what) => match.Success ? match.Groups[1].Value : throw Invalid($"its header has no {what}");

    static RedisMLException Invalid(string why) => new(InvalidNpy, ErrorKind.InvalidData, $"This isn't an .npy array: {why}.");

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([<>|=][a-z]\d{1,2})['"]""")]
    private static partial Regex TypeField();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""")]
    private static partial Regex OrderField();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([0-9,\s]*)\)""")]
    private static partial Regex ShapeField();
}
