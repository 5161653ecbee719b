using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Chunks;

/// <summary>Looks through a batch that somebody else made, before its values are read: what offsets and indices lead to is there.</summary>
static class BatchCheck
{
    /// <summary>Of a decimal number of 256 bits.</summary>
    const int MaxDigits = 76;

    /// <exception cref="InvalidDataException">An array isn't whole, or isn't of its column's type.</exception>
    public static void Demand(RecordBatch batch, IReadOnlyList<ColumnSchema> columns)
    {
        Hold(batch.ColumnCount == columns.Count, "", $"it has {batch.ColumnCount:N0} columns where the dataset has {columns.Count:N0}");
        for (int i = 0; i < columns.Count; i++)
        {
            var (array, name) = (batch.Column(i), columns[i].Name);
            Hold(Stores(columns[i].Type, array), name, $"it holds {array.Data.DataType.Name} where the dataset has {columns[i].Type}");
        }
        Demand(batch);
    }

    /// <summary>A batch of whatever columns.</summary>
    /// <exception cref="InvalidDataException">An array isn't whole.</exception>
    public static void Demand(RecordBatch batch)
    {
        var fields = batch.Schema.FieldsList;
        Hold(batch.Length >= 0
            && batch.ColumnCount == fields.Count, "", $"it has {batch.ColumnCount:N0} columns, and describes {fields.Count:N0}");
        for (int i = 0; i < fields.Count; i++)
        {
            var array = batch.Column(i);
            Hold(array.Length == batch.Length, fields[i].Name, $"it has {array.Length:N0} rows, and the batch {batch.Length:N0}");
            Demand(array.Data, fields[i].Name);
        }
    }

    /// <summary>Whether an array of this physical type can stand for a column of that logical one.</summary>
    static bool Stores(ColumnType type, IArrowArray array) => type.Kind switch
    {
        TypeKind.UInt64 => array is UInt64Array,
        <= TypeKind.UInt32 => IsInteger(array),
        TypeKind.Float32 or TypeKind.Float64 =>
            IsInteger(array) || array is HalfFloatArray or FloatArray or DoubleArray or Decimal32Array or UInt64Array,
        TypeKind.Boolean => array is BooleanArray,
        TypeKind.Decimal128 => IsInteger(array) || array is Decimal32Array or Decimal64Array or Decimal128Array or UInt64Array,
        TypeKind.Date32 => array is Date32Array,
        TypeKind.Timestamp =>
            array is TimestampArray { Data.DataType: TimestampType stored } && TimestampUnits.Of(stored.Unit) == type.Unit,
        TypeKind.Utf8 =>
            array is StringArray or DictionaryArray { Dictionary: StringArray, Indices: Int8Array or Int16Array or Int32Array },
        TypeKind.Binary => array is BinaryArray,
        TypeKind.List => array is ListArray { Values: var values } && Stores(type.ElementType, values),
        _ => false,
    };

    static bool IsInteger(IArrowArray array) =>
        array is Int8Array or Int16Array or Int32Array or Int64Array or UInt8Array or UInt16Array or UInt32Array;

    static void Demand(ArrayData data, string name)
    {
        long end = (long)data.Offset + data.Length;
        Hold(data.Offset >= 0 && data.Length >= 0 && data.Buffers.Length > 0, name, "it has impossible counts");
        Hold(data.Buffers[0].IsEmpty || data.Buffers[0].Length >= (end + 7) / 8, name, "its marks of missing values aren't all there");
        if (DigitsOf(data.DataType) is (var precision, var scale))
            Hold(precision is > 0 and <= MaxDigits && scale is >= -MaxDigits and <= MaxDigits, name,
                $"it has decimal numbers of {precision} digits, {scale} of them behind the point");
        // Minus one: they are to be counted.
        Hold(data.NullCount is 0 or -1 || !data.Buffers[0].IsEmpty || data.DataType is NullType, name,
            "it has no marks for the values that it says are missing");
        switch (data.DataType)
        {
            case NullType:
                break;
            case DictionaryType type:
                Hold(data.Dictionary is not null, name, "it has no dictionary");
                Demand(data.Dictionary!, name);
                Fixed(data, ((FixedWidthType)type.IndexType).BitWidth, end, name);
                Indices(data, type.IndexType, end, name);
                break;
            case StringType or BinaryType:
                Offsets<int>(data, end, data.Buffers.Length > 2 ? data.Buffers[2].Length : 0, name);
                break;
            case LargeStringType or LargeBinaryType:
                Offsets<long>(data, end, data.Buffers.Length > 2 ? data.Buffers[2].Length : 0, name);
                break;
            case StringViewType or BinaryViewType:
                Views(data, end, name);
                break;
            case ListType:
                Offsets<int>(data, end, Elements(data, name), name);
                break;
            case LargeListType:
                Offsets<long>(data, end, Elements(data, name), name);
                break;
            case FixedSizeListType type:
                Hold(type.ListSize >= 0 && end * type.ListSize <= Elements(data, name), name, "its elements aren't all there");
                break;
            case FixedWidthType type:
                Fixed(data, type.BitWidth, end, name);
                break;
            default:
                // What datasets don't have is refused by its type.
                break;
        }
    }

    /// <summary>Of decimal numbers, how many digits they have, and how many of them behind the point.</summary>
    static (int Precision, int Scale)? DigitsOf(IArrowType type) => type switch
    {
        Decimal32Type decimals => (decimals.Precision, decimals.Scale),
        Decimal64Type decimals => (decimals.Precision, decimals.Scale),
        Decimal128Type decimals => (decimals.Precision, decimals.Scale),
        Decimal256Type decimals => (decimals.Precision, decimals.Scale),
        _ => null,
    };

    static int Elements(ArrayData data, string name)
    {
        Hold(data.Children is [not null], name, "it has no elements");
        Demand(data.Children[0], name);
        return data.Children[0].Length;
    }

    static void Fixed(ArrayData data, int bits, long end, string name) =>
        Hold(data.Buffers.Length > 1 && data.Buffers[1].Length >= (end * bits + 7) / 8, name, "its values aren't all there");

    static void Offsets<T>(ArrayData data, long end, long limit, string name) where T : unmanaged, IBinaryInteger<T>
    {
        if (data.Length == 0) return;
        Hold(data.Buffers.Length > 1 && data.Buffers[1].Length >= (end + 1) * Unsafe.SizeOf<T>(), name, "its offsets aren't all there");
        var offsets = MemoryMarshal.Cast<byte, T>(data.Buffers[1].Span).Slice(data.Offset, data.Length + 1);
        var before = offsets[0];
        bool rises = before >= T.Zero;
        foreach (var offset in offsets)
        {
            rises &= offset >= before;
            before = offset;
        }
        Hold(rises && long.CreateTruncating(before) <= limit, name, "its offsets lead beyond its values");
    }

    /// <summary>Of 16 bytes each: a length, then the value, or behind its start the number of a buffer and a place in it.</summary>
    static void Views(ArrayData data, long end, string name)
    {
        const int view = 16, most = 12, firstBuffer = 2;
        Hold(data.Buffers.Length > 1 && data.Buffers[1].Length >= end * view, name, "its views aren't all there");
        var words = MemoryMarshal.Cast<byte, int>(data.Buffers[1].Span);
        for (long i = data.Offset; i < end; i++)
        {
            var (length, buffer, at) = (words[(int)i * 4], words[(int)i * 4 + 2], words[(int)i * 4 + 3]);
            Hold(length is >= 0 and <= most || length > most && buffer >= 0 && buffer < data.Buffers.Length - firstBuffer && at >= 0
                && length <= data.Buffers[firstBuffer + buffer].Length - at, name, "its views lead beyond its values");
        }
    }

    static void Indices(ArrayData data, IArrowType type, long end, string name)
    {
        int levels = data.Dictionary!.Length;
        bool lead = type switch
        {
            Int8Type => Within<sbyte>(),
            Int16Type => Within<short>(),
            Int32Type => Within<int>(),
            UInt8Type => Within<byte>(),
            UInt16Type => Within<ushort>(),
            UInt32Type => Within<uint>(),
            Int64Type => Within<long>(),
            UInt64Type => Within<ulong>(),
            _ => false,
        };
        Hold(lead, name, "its indices lead beyond its dictionary");

        bool Within<T>() where T : unmanaged, IBinaryInteger<T>
        {
            var values = MemoryMarshal.Cast<byte, T>(data.Buffers[1].Span)[data.Offset..(int)end];
            if (values.IsEmpty || IsLevel(TensorPrimitives.Min(values)) && IsLevel(TensorPrimitives.Max(values))) return true;
            // What a missing value has for an index leads nowhere.
            var valid = data.Buffers[0].Span;
            if (valid.IsEmpty) return false;
            for (int i = 0; i < values.Length; i++)
                if (!IsLevel(values[i]) && BitUtility.GetBit(valid, data.Offset + i)) return false;
            return true;
        }

        bool IsLevel<T>(T index) where T : IBinaryInteger<T> => !T.IsNegative(index) && ulong.CreateTruncating(index) < (ulong)levels;
    }

    static void Hold(bool holds, string column, string otherwise)
    {
        if (!holds) throw new InvalidDataException(column == "" ? otherwise : $"column '{column}': {otherwise}");
    }
}
