using System.IO.Hashing;
using System.Runtime.InteropServices;
using Apache.Arrow;

namespace RedisML.Columns;

/// <summary>Values as 64 bits that are the same for the same value, whatever physical types chunks chose for it.</summary>
/// <remarks>Numbers up to 64 bits are told apart for certain, other values by a hash: of a million,
/// two share one with a chance of 1 in 37 million.</remarks>
static class ValueKeys
{
    /// <summary>False where the value is missing; NaN is missing.</summary>
    public static bool TryGet(IArrowArray array, int row, ColumnType type, out ulong key)
    {
        key = 0;
        if (array.IsNull(row)) return false;
        switch (type.Kind)
        {
            case TypeKind.UInt64:
                key = ((UInt64Array)array).Values[row];
                break;
            case <= TypeKind.UInt32:
                ArrowValues.TryGetInt64(array, row, out long integer);
                key = (ulong)integer;
                break;
            case TypeKind.Float32 or TypeKind.Float64:
                ArrowValues.TryGetDouble(array, row, out double number);
                if (double.IsNaN(number)) return false;
                key = Of(number);
                break;
            case TypeKind.Boolean:
                key = ((BooleanArray)array).GetValue(row) == true ? 1u : 0;
                break;
            case TypeKind.Date32:
                key = (ulong)((Date32Array)array).Values[row];
                break;
            case TypeKind.Timestamp:
                key = (ulong)((TimestampArray)array).Values[row];
                break;
            case TypeKind.Decimal128 or TypeKind.Binary:
                ArrowValues.TryGetBytes(array, row, out var bytes);
                key = XxHash3.HashToUInt64(bytes);
                break;
            case TypeKind.List:
                key = OfList(array, row);
                break;
            default:
                ArrowValues.TryGetText(array, row, out var text);
                key = XxHash3.HashToUInt64(text);
                break;
        }
        return true;
    }

    /// <summary>The key of a number; 0 and −0 have the same.</summary>
    public static ulong Of(double value) => BitConverter.DoubleToUInt64Bits(value + 0.0);

    /// <summary>The key of a list, taken of its numbers as doubles, as their width may differ from chunk to chunk.</summary>
    static ulong OfList(IArrowArray lists, int row)
    {
        var (values, start, count) = ArrowValues.ListAt(lists, row);
        var numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = ArrowValues.TryGetDouble(values, start + i, out double value) ? value : double.NaN;
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes<double>(numbers));
    }
}
