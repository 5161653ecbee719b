using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Errors;
using RedisML.Numerics;

namespace RedisML.Columns;

/// <summary>Decodes Arrow arrays, of the physical types that chunks hold, into column vectors.</summary>
/// <remarks>Numbers lie in rented memory. Dispose gives it back; a decoder that isn't disposed leaves it to the
/// garbage collector.</remarks>
internal sealed class ColumnDecoder : IDisposable
{
    readonly List<double[]> _rented = [];

    public void Dispose()
    {
        foreach (var values in _rented) ArrayPool<double>.Shared.Return(values);
        _rented.Clear();
    }

    /// <summary>Copies an array into a vector of the same length.</summary>
    /// <param name="name">Names the column in an error.</param>
    public ColumnVector Decode(IArrowArray array, string name) => array switch
    {
        Int8Array a => Numbers<sbyte>(a, ColumnType.Int64),
        Int16Array a => Numbers<short>(a, ColumnType.Int64),
        Int32Array a => Numbers<int>(a, ColumnType.Int64),
        Int64Array a => Numbers<long>(a, ColumnType.Int64),
        UInt8Array a => Numbers<byte>(a, ColumnType.Int64),
        UInt16Array a => Numbers<ushort>(a, ColumnType.Int64),
        UInt32Array a => Numbers<uint>(a, ColumnType.Int64),
        UInt64Array a => Numbers<ulong>(a, ColumnType.UInt64),
        Decimal32Array a => Fractions(a),
        Decimal128Array a => Decimals(a),
        FloatArray a => Numbers<float>(a, ColumnType.Float64),
        DoubleArray a => Numbers<double>(a, ColumnType.Float64),
        BooleanArray a => Booleans(a),
        StringArray a => Text(a),
        Date32Array a => Times<int>(a, ColumnType.Date32),
        TimestampArray { Data.DataType: TimestampType type } a =>
            Times<long>(a, ColumnType.Timestamp(TimestampUnits.Of(type.Unit), type.Timezone)),
        DictionaryArray { Dictionary: StringArray levels } a => Text(a, levels),
        _ => throw new RedisMLException("UnsupportedColumnType", ErrorKind.InvalidData,
            $"Column '{name}' has the Arrow type {array.Data.DataType.Name}; arithmetic and features take numbers, booleans, text, dates " +
            "and timestamps.", name),
    };

    NumberVector Numbers<T>(PrimitiveArray<T> array, ColumnType type) where T : struct, INumber<T>
    {
        var values = Rent(array.Length);
        Conversion.Truncate(array.Values, values.Span);
        MarkMissing(array, values.Span, double.NaN);
        return new(type, values);
    }

    NumberVector Fractions(Decimal32Array array)
    {
        var values = Rent(array.Length);
        DecimalFractions.Decode(array, 0, values.Span);
        MarkMissing(array, values.Span, double.NaN);
        return new(ColumnType.Float64, values);
    }

    NumberVector Decimals(Decimal128Array array)
    {
        var values = Rent(array.Length);
        for (int i = 0; i < values.Length; i++)
            values.Span[i] = ArrowValues.TryGetDouble(array, i, out double value) ? value : double.NaN;
        return new(ColumnType.Decimal128(array.Precision, array.Scale), values);
    }

    NumberVector Booleans(BooleanArray array)
    {
        var values = Rent(array.Length);
        for (int i = 0; i < values.Length; i++) values.Span[i] = BitUtility.GetBit(array.Values, array.Offset + i) ? 1 : 0;
        MarkMissing(array, values.Span, double.NaN);
        return new(ColumnType.Boolean, values);
    }

    static TimeVector Times<T>(PrimitiveArray<T> array, ColumnType type) where T : struct, INumber<T>
    {
        var values = GC.AllocateUninitializedArray<long>(array.Length);
        var source = array.Values;
        for (int i = 0; i < values.Length; i++) values[i] = long.CreateTruncating(source[i]);
        MarkMissing<long>(array, values, TimeVector.Missing);
        return new(type, values);
    }

    Memory<double> Rent(int length)
    {
        var values = ArrayPool<double>.Shared.Rent(length);
        _rented.Add(values);
        return values.AsMemory(0, length);
    }

    static TextVector Text(StringArray array)
    {
        var codes = GC.AllocateUninitializedArray<int>(array.Length);
        var levels = new List<string>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        char[] buffer = new char[256];
        for (int i = 0; i < codes.Length; i++)
        {
            if (array.IsNull(i))
            {
                codes[i] = -1;
                continue;
            }
            var bytes = array.GetBytes(i);
            if (bytes.Length > buffer.Length) buffer = new char[2 * bytes.Length];
            var text = buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes, buffer));
            if (!lookup.TryGetValue(text, out codes[i]))
            {
                codes[i] = levels.Count;
                levels.Add(text.ToString());
                known.Add(levels[^1], codes[i]);
            }
        }
        return new(codes, levels);
    }

    static TextVector Text(DictionaryArray array, StringArray dictionary)
    {
        var codes = GC.AllocateUninitializedArray<int>(array.Length);
        switch (array.Indices)
        {
            case Int8Array indices: Copy<sbyte>(indices, codes); break;
            case Int16Array indices: Copy<short>(indices, codes); break;
            case Int32Array indices: Copy<int>(indices, codes); break;
            case var other: throw new NotSupportedException($"Dictionary indices of type {other.Data.DataType.Name}.");
        }
        var levels = new string[dictionary.Length];
        for (int level = 0; level < levels.Length; level++)
        {
            levels[level] = dictionary.GetString(level) ?? "";
            if (dictionary.IsNull(level)) codes.AsSpan().Replace(level, -1);
        }
        return new(codes, levels);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Copy<T>(PrimitiveArray<T> indices, int[] codes) where T : struct, INumber<T>
        {
            var source = indices.Values;
            for (int i = 0; i < codes.Length; i++) codes[i] = int.CreateTruncating(source[i]);
            MarkMissing<int>(indices, codes, -1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MarkMissing<T>(Apache.Arrow.Array array, Span<T> values, T missing)
    {
        if (array.NullCount == 0) return;
        var valid = array.NullBitmapBuffer.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (!BitUtility.GetBit(valid, array.Offset + i)) values[i] = missing;
        }
    }
}
