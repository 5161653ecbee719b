using System.Buffers;
using System.Numerics;
using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Datasets.Statistics;

/// <summary>The numbers of an array as keys of 64 bits, as <see cref="ValueKeys"/> has them but for decimals,
/// which are doubles here.</summary>
static class NumberKeys
{
    /// <summary>Puts the keys of the values that are there one after the other.</summary>
    /// <returns>How many keys were put.</returns>
    public static int Read(IArrowArray array, ColumnType type, Span<ulong> keys) => array switch
    {
        Int8Array a => Integers<sbyte>(a, keys),
        Int16Array a => Integers<short>(a, keys),
        Int32Array a => Integers<int>(a, keys),
        Int64Array a => Integers<long>(a, keys),
        Date32Array a => Integers<int>(a, keys),
        TimestampArray a => Integers<long>(a, keys),
        FloatArray a => Fractions<float>(a, keys),
        DoubleArray a => Fractions<double>(a, keys),
        Decimal32Array a => Fractions(a, keys),
        _ => Others(array, type, keys),
    };

    static int Integers<T>(PrimitiveArray<T> array, Span<ulong> keys) where T : struct, INumber<T>
    {
        var values = array.Values;
        int count = 0;
        if (array.NullCount == 0)
        {
            foreach (var value in values) keys[count++] = (ulong)long.CreateTruncating(value);
            return count;
        }
        var valid = array.NullBitmapBuffer.Span;
        for (int row = 0; row < values.Length; row++)
            if (BitUtility.GetBit(valid, array.Offset + row)) keys[count++] = (ulong)long.CreateTruncating(values[row]);
        return count;
    }

    static int Fractions<T>(PrimitiveArray<T> array, Span<ulong> keys) where T : struct, INumber<T>
    {
        var values = array.Values;
        var valid = array.NullCount == 0 ? default : array.NullBitmapBuffer.Span;
        int count = 0;
        for (int row = 0; row < values.Length; row++)
        {
            if (T.IsNaN(values[row]) || !valid.IsEmpty && !BitUtility.GetBit(valid, array.Offset + row)) continue;
            keys[count++] = ValueKeys.Of(double.CreateTruncating(values[row]));
        }
        return count;
    }

    static int Fractions(Decimal32Array array, Span<ulong> keys)
    {
        var rented = ArrayPool<double>.Shared.Rent(array.Length);
        var values = rented.AsSpan(0, array.Length);
        DecimalFractions.Decode(array, 0, values);
        int count = 0;
        for (int row = 0; row < values.Length; row++)
            if (array.IsValid(row)) keys[count++] = ValueKeys.Of(values[row]);
        ArrayPool<double>.Shared.Return(rented);
        return count;
    }

    static int Others(IArrowArray array, ColumnType type, Span<ulong> keys)
    {
        int count = 0;
        for (int row = 0; row < array.Length; row++)
        {
            if (type.Kind == TypeKind.Decimal128 && ArrowValues.TryGetDouble(array, row, out double value))
                keys[count++] = ValueKeys.Of(value);
            else if (type.Kind != TypeKind.Decimal128 && ValueKeys.TryGet(array, row, type, out ulong key)) keys[count++] = key;
        }
        return count;
    }
}
