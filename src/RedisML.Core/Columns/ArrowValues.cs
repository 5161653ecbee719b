using System.Buffers.Binary;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Arrays;
using Apache.Arrow.Types;
using RedisML.Errors;

namespace RedisML.Columns;

/// <summary>Single values of Arrow arrays, whatever physical type a chunk, or a file of another program, chose for them.</summary>
static class ArrowValues
{
    /// <remarks>A UInt64 beyond Int64 doesn't fit.</remarks>
    public static bool TryGetInt64(IArrowArray array, int row, out long value)
    {
        value = 0;
        if (array.IsNull(row)) return false;
        value = array switch
        {
            Int8Array a => a.Values[row],
            Int16Array a => a.Values[row],
            Int32Array a => a.Values[row],
            Int64Array a => a.Values[row],
            UInt8Array a => a.Values[row],
            UInt16Array a => a.Values[row],
            UInt32Array a => a.Values[row],
            UInt64Array a => a.Values[row] <= long.MaxValue ? (long)a.Values[row] : throw DoesNotFit(array, row, ColumnType.Int64),
            DictionaryArray a => TryGetInt64(a.Dictionary, IndexOf(a, row), out long entry) ? entry : throw Unexpected(array),
            _ => throw Unexpected(array),
        };
        return true;
    }

    public static bool TryGetDouble(IArrowArray array, int row, out double value)
    {
        value = 0;
        if (array.IsNull(row)) return false;
        switch (array)
        {
            case HalfFloatArray a: value = (double)a.Values[row]; break;
            case FloatArray a: value = a.Values[row]; break;
            case DoubleArray a: value = a.Values[row]; break;
            case UInt64Array a: value = a.Values[row]; break;
            case DictionaryArray a: return TryGetDouble(a.Dictionary, IndexOf(a, row), out value);
            case FixedSizeBinaryArray when TryGetDecimal(array, row, out var number): value = number.ToDouble(); break;
            default:
                TryGetInt64(array, row, out long integer);
                value = integer;
                break;
        }
        return true;
    }

    public static bool TryGetText(IArrowArray array, int row, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (array.IsNull(row)) return false;
        switch (array)
        {
            case StringArray a: value = a.GetBytes(row); break;
            case LargeStringArray a: value = a.GetBytes(row); break;
            case StringViewArray a: value = a.GetBytes(row); break;
            case DictionaryArray a: return TryGetText(a.Dictionary, IndexOf(a, row), out value);
            default: throw Unexpected(array);
        }
        return true;
    }

    public static bool TryGetBytes(IArrowArray array, int row, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (array.IsNull(row)) return false;
        switch (array)
        {
            case BinaryArray a: value = a.GetBytes(row); break;
            case LargeBinaryArray a: value = a.GetBytes(row); break;
            case BinaryViewArray a: value = a.GetBytes(row); break;
            case FixedSizeBinaryArray a: value = a.GetBytes(row); break;
            case DictionaryArray a: return TryGetBytes(a.Dictionary, IndexOf(a, row), out value);
            default: throw Unexpected(array);
        }
        return true;
    }

    public static bool TryGetDecimal(IArrowArray array, int row, out DecimalNumber value)
    {
        value = default;
        if (array.IsNull(row)) return false;
        switch (array)
        {
            case Decimal128Array a: value = new(BinaryPrimitives.ReadInt128LittleEndian(a.GetBytes(row)), a.Scale); break;
            case Decimal64Array a: value = new(BinaryPrimitives.ReadInt64LittleEndian(a.GetBytes(row)), a.Scale); break;
            case Decimal32Array a: value = new(BinaryPrimitives.ReadInt32LittleEndian(a.GetBytes(row)), a.Scale); break;
            case UInt64Array a: value = new(a.Values[row], 0); break;
            case DictionaryArray a: return TryGetDecimal(a.Dictionary, IndexOf(a, row), out value);
            case FixedSizeBinaryArray: throw Unexpected(array);
            default:
                TryGetInt64(array, row, out long integer);
                value = new(integer, 0);
                break;
        }
        return true;
    }

    /// <summary>Where the numbers of a list lie.</summary>
    public static (IArrowArray Values, int Start, int Count) ListAt(IArrowArray array, int row) => array switch
    {
        FixedSizeListArray a when a.Data.DataType is FixedSizeListType type => (a.Values, (a.Offset + row) * type.ListSize, type.ListSize),
        LargeListArray a => (a.Values, (int)a.ValueOffsets[row], (int)(a.ValueOffsets[row + 1] - a.ValueOffsets[row])),
        ListArray a => (a.Values, a.ValueOffsets[row], a.ValueOffsets[row + 1] - a.ValueOffsets[row]),
        _ => throw Unexpected(array),
    };

    /// <summary>
    /// The value as an object; null where it is missing. Integers are long (of UInt64: ulong), numbers double (of Float32: float), decimals
    /// decimal, dates DateTime, timestamps DateTime or DateTimeOffset, binary byte[] (of Uuid: Guid), lists arrays of these.
    /// </summary>
    /// <param name="type">The logical type.</param>
    public static object? GetObject(IArrowArray array, int row, ColumnType type)
    {
        if (array.IsNull(row)) return null;
        switch (type.Kind)
        {
            case TypeKind.UInt64:
                return ((UInt64Array)array).Values[row];
            case <= TypeKind.UInt32:
                TryGetInt64(array, row, out long integer);
                return integer;
            case TypeKind.Float32:
                TryGetDouble(array, row, out double single);
                return (float)single;
            case TypeKind.Float64:
                TryGetDouble(array, row, out double number);
                return number;
            case TypeKind.Boolean:
                return ((BooleanArray)array).GetValue(row);
            case TypeKind.Decimal128:
                TryGetDecimal(array, row, out var exact);
                return exact.ToObject();
            case TypeKind.Date32:
                return TimestampUnits.ToObject(((Date32Array)array).Values[row], type);
            case TypeKind.Timestamp:
                return TimestampUnits.ToObject(((TimestampArray)array).Values[row], type);
            case TypeKind.Binary:
                TryGetBytes(array, row, out var bytes);
                return type.IsUuid && bytes.Length == 16 ? new Guid(bytes, bigEndian: true) : bytes.ToArray();
            case TypeKind.List:
                return GetList(array, row, type.ElementType);
            default:
                TryGetText(array, row, out var text);
                return Encoding.UTF8.GetString(text);
        }
    }

    /// <summary>The value of a column whose logical type is the widest that its physical one stands for.</summary>
    public static object? GetObject(IArrowArray array, int row) => GetObject(array, row, ArrowTypes.ToColumnType(array.Data.DataType) switch
    {
        { Kind: TypeKind.Float32 } => ColumnType.Float64,
        { } type => type,
        null => throw Unexpected(array),
    });

    /// <summary>An array of the numbers' own type; of objects where some are missing.</summary>
    static System.Array GetList(IArrowArray array, int row, ColumnType element)
    {
        var (values, start, count) = ListAt(array, row);
        var objects = new object?[count];
        for (int i = 0; i < count; i++) objects[i] = GetObject(values, start + i, element);
        if (objects.Contains(null)) return objects;
        var typed = element.Kind switch
        {
            TypeKind.Float32 => (System.Array)new float[count],
            TypeKind.Float64 => new double[count],
            TypeKind.UInt64 => new ulong[count],
            _ => new long[count],
        };
        System.Array.Copy(objects, typed, count);
        return typed;
    }

    public static int IndexOf(DictionaryArray array, int row) => array.Indices switch
    {
        Int8Array a => a.Values[row],
        Int16Array a => a.Values[row],
        Int32Array a => a.Values[row],
        UInt8Array a => a.Values[row],
        UInt16Array a => a.Values[row],
        UInt32Array a => (int)a.Values[row],
        Int64Array a => (int)a.Values[row],
        UInt64Array a => (int)a.Values[row],
        _ => throw Unexpected(array.Indices),
    };

    public static RedisMLException Unexpected(IArrowArray array) =>
        new("UnsupportedColumnType", ErrorKind.InvalidData,
            $"The Arrow type {array.Data.DataType.Name} isn't expected here, or not read by this version.");

    public static RedisMLException DoesNotFit(IArrowArray array, int row, ColumnType type) =>
        new("ValueOutOfRange", ErrorKind.InvalidData,
            $"Row {row + 1:N0} of a batch has a value of type {array.Data.DataType.Name} that doesn't fit {type}.");
}
