using Apache.Arrow;
using Apache.Arrow.Types;
using RedisML.Numerics;

namespace RedisML.Columns.Builders;

/// <summary>Integers, stored in the narrowest of 8, 16, 32 and 64 bits that holds all of the chunk.</summary>
sealed class Int64ColumnBuilder : ColumnBuilder
{
    long[] _values = [];
    byte[] _narrow = [];

    public void Append(long value)
    {
        MakeRoom(ref _values, Count);
        _values[Count++] = value;
    }

    /// <summary>Room for values behind those that there are; <see cref="ColumnBuilder.Commit"/> makes them count.</summary>
    public Span<long> Reserve(int count) => Reserve(ref _values, count);

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (ArrowValues.TryGetInt64(array, row, out long value)) Append(value);
        else AppendNull();
    }

    public override void AppendRange(IArrowArray array, int start, int count)
    {
        switch (array)
        {
            case Int8Array a: AppendNumbers(ref _values, a, start, count); break;
            case Int16Array a: AppendNumbers(ref _values, a, start, count); break;
            case Int32Array a: AppendNumbers(ref _values, a, start, count); break;
            case Int64Array a: AppendNumbers(ref _values, a, start, count); break;
            case UInt8Array a: AppendNumbers(ref _values, a, start, count); break;
            case UInt16Array a: AppendNumbers(ref _values, a, start, count); break;
            case UInt32Array a: AppendNumbers(ref _values, a, start, count); break;
            default: base.AppendRange(array, start, count); break;
        }
    }

    public override void AppendRows(IArrowArray array, ReadOnlySpan<int> rows) => AppendRows(ref _values, array, rows);

    public override BuiltColumn Build()
    {
        var values = _values.AsSpan(0, Count);
        var statistics = Statistics(values);
        // Rounded as doubles, and exact within 32 bits. Where values are missing there are zeros, which fit.
        double minimum = statistics.Minimum ?? 0, maximum = statistics.Maximum ?? 0;
        if (minimum >= sbyte.MinValue && maximum <= sbyte.MaxValue)
            return new(Int8Type.Default, new Int8Array(Narrow<long, sbyte>(values, ref _narrow), Validity(), Count, MissingCount, 0),
                statistics);
        if (minimum >= short.MinValue && maximum <= short.MaxValue)
            return new(Int16Type.Default, new Int16Array(Narrow<long, short>(values, ref _narrow), Validity(), Count, MissingCount, 0),
                statistics);
        if (minimum >= int.MinValue && maximum <= int.MaxValue)
            return new(Int32Type.Default, new Int32Array(Narrow<long, int>(values, ref _narrow), Validity(), Count, MissingCount, 0),
                statistics);
        return new(Int64Type.Default, new Int64Array(Narrow<long, long>(values, ref _narrow), Validity(), Count, MissingCount, 0),
            statistics);
    }

    protected override void AppendPlaceholder() => Append(0);

    ColumnStatistics Statistics(ReadOnlySpan<long> values)
    {
        using var scratch = new Scratch(values.Length);
        Conversion.Truncate(values, scratch.Values);
        return NumberStatistics.Of(scratch.Values[..CopyPresent<double>(scratch.Values, scratch.Values)], MissingCount);
    }
}
