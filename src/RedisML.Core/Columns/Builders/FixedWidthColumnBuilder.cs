using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Builders;

/// <summary>Values of a fixed width, stored as they are.</summary>
abstract class FixedWidthColumnBuilder<T>(IArrowType type) : ColumnBuilder where T : unmanaged
{
    T[] _values = [];

    public void Append(T value)
    {
        MakeRoom(ref _values, Count);
        _values[Count++] = value;
    }

    public override BuiltColumn Build()
    {
        var data = new ArrayData(type, Count, MissingCount, 0, [Validity(), new ArrowBuffer(AsMemory(_values, Count))]);
        return new(type, ArrowArrayFactory.BuildArray(data), Statistics());
    }

    protected override void AppendPlaceholder() => Append(default);

    /// <summary>The value for statistics.</summary>
    protected abstract double ToDouble(T value);

    ColumnStatistics Statistics()
    {
        using var scratch = new Scratch(Count);
        var numbers = scratch.Values;
        int next = 0, present = 0;
        for (int row = 0; row < Count; row++)
        {
            if (next < MissingCount && Missing[next] == row) next++;
            else numbers[present++] = ToDouble(_values[row]);
        }
        return NumberStatistics.Of(numbers[..present], MissingCount);
    }
}

/// <summary>Integers that may exceed Int64.</summary>
sealed class UInt64ColumnBuilder() : FixedWidthColumnBuilder<ulong>(UInt64Type.Default)
{
    public override void AppendFrom(IArrowArray array, int row)
    {
        if (array.IsNull(row)) AppendNull();
        else if (array is UInt64Array unsigned) Append(unsigned.Values[row]);
        else Append(ArrowValues.TryGetInt64(array, row, out long value) && value >= 0 ? (ulong)value
            : throw ArrowValues.DoesNotFit(array, row, ColumnType.UInt64));
    }

    protected override double ToDouble(ulong value) => value;
}

/// <summary>Dates, stored as days since 1970-01-01.</summary>
sealed class DateColumnBuilder() : FixedWidthColumnBuilder<int>(Date32Type.Default)
{
    const long MillisecondsPerDay = 86_400_000;

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (array.IsNull(row))
        {
            AppendNull();
            return;
        }
        Append(array switch
        {
            Date32Array a => a.Values[row],
            Date64Array a => checked((int)Math.Floor((double)a.Values[row] / MillisecondsPerDay)),
            _ => throw ArrowValues.Unexpected(array),
        });
    }

    protected override double ToDouble(int value) => value;
}

/// <summary>Timestamps, counted from 1970-01-01 (in UTC where they have a zone) in the unit of the type.</summary>
sealed class TimestampColumnBuilder(ColumnType type) : FixedWidthColumnBuilder<long>(ArrowTypes.Of(type))
{
    public override void AppendFrom(IArrowArray array, int row)
    {
        if (array.IsNull(row))
        {
            AppendNull();
            return;
        }
        Append(array switch
        {
            TimestampArray a => TimestampUnits.Convert(a.Values[row], TimestampUnits.Of(((TimestampType)a.Data.DataType).Unit), type.Unit),
            Date32Array a => TimestampUnits.Convert(a.Values[row] * 86_400L, TimestampUnit.Second, type.Unit),
            Date64Array a => TimestampUnits.Convert(a.Values[row], TimestampUnit.Millisecond, type.Unit),
            _ => throw ArrowValues.Unexpected(array),
        });
    }

    protected override double ToDouble(long value) => value;
}

/// <summary>Decimals, as integers of 128 bits that count the last digit.</summary>
sealed class DecimalColumnBuilder(ColumnType type) : FixedWidthColumnBuilder<Int128>(ArrowTypes.Of(type))
{
    readonly double _scale = Math.Pow(10, type.Scale);

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (array.IsNull(row)) AppendNull();
        else if (ArrowValues.TryGetDecimal(array, row, out var value)
            && DecimalNumber.TryRescale(value.Unscaled, value.Scale, type, out var unscaled)) Append(unscaled);
        else throw ArrowValues.DoesNotFit(array, row, type);
    }

    protected override double ToDouble(Int128 value) => (double)value / _scale;
}
