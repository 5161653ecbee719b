using System.Text;
using Apache.Arrow;

namespace RedisML.Datasets.Columns;

/// <summary>Single values of chunk columns, whatever physical type a chunk chose for them.</summary>
static class ArrowValues
{
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
            _ => throw Unexpected(array),
        };
        return true;
    }

    public static bool TryGetDouble(IArrowArray array, int row, out double value)
    {
        value = 0;
        if (array.IsNull(row)) return false;
        value = array switch
        {
            FloatArray a => a.Values[row],
            DoubleArray a => a.Values[row],
            _ => throw Unexpected(array),
        };
        return true;
    }

    public static bool TryGetText(IArrowArray array, int row, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (array.IsNull(row)) return false;
        value = array switch
        {
            StringArray a => a.GetBytes(row),
            DictionaryArray { Dictionary: StringArray values } a => values.GetBytes(IndexOf(a, row)),
            _ => throw Unexpected(array),
        };
        return true;
    }

    /// <summary>The value as an object: long, double, bool or string; null where it is missing.</summary>
    public static object? GetObject(IArrowArray array, int row)
    {
        if (array.IsNull(row)) return null;
        switch (array)
        {
            case Int8Array or Int16Array or Int32Array or Int64Array:
                TryGetInt64(array, row, out long integer);
                return integer;
            case FloatArray or DoubleArray:
                TryGetDouble(array, row, out double number);
                return number;
            case BooleanArray booleans:
                return booleans.GetValue(row);
            default:
                TryGetText(array, row, out var text);
                return Encoding.UTF8.GetString(text);
        }
    }

    static int IndexOf(DictionaryArray array, int row) => array.Indices switch
    {
        Int8Array a => a.Values[row],
        Int16Array a => a.Values[row],
        Int32Array a => a.Values[row],
        _ => throw Unexpected(array.Indices),
    };

    static RedisMLException Unexpected(IArrowArray array) =>
        new("UnsupportedChunk", ErrorKind.InvalidData, $"A chunk holds a column of type {array.Data.DataType.Name}, which this version doesn't read.");
}
