using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Builders;

/// <summary>Floating-point numbers, stored in 32 bits, as such or as decimal fractions,
/// where that loses none of the chunk's values.</summary>
/// <remarks>NaN stays what it is, and counts as missing in the statistics.</remarks>
sealed class Float64ColumnBuilder : ColumnBuilder
{
    double[] _values = [];

    // The same numbers in 32 bits, whichever way.
    int[] _narrow = [];
    bool _mayHaveNaN;
    Decimal32Type? _fractionType;

    public void Append(double value)
    {
        AppendNumber(value);
        _mayHaveNaN |= double.IsNaN(value);
    }

    /// <summary>Room for values behind those that there are; <see cref="ColumnBuilder.Commit"/> makes them count. None is NaN.</summary>
    public Span<double> Reserve(int count) => Reserve(ref _values, count);

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (ArrowValues.TryGetDouble(array, row, out double value)) AppendNumber(value);
        else AppendNull();
        _mayHaveNaN |= double.IsNaN(value);
    }

    public override void AppendRange(IArrowArray array, int start, int count)
    {
        switch (array)
        {
            case FloatArray a:
                AppendNumbers(ref _values, a, start, count);
                _mayHaveNaN = true;
                break;
            case DoubleArray a:
                AppendNumbers(ref _values, a, start, count);
                _mayHaveNaN = true;
                break;
            case Decimal32Array a:
                var appended = Reserve(ref _values, count);
                DecimalFractions.Decode(a, start, appended);
                Complete(a, start, appended);
                break;
            default: base.AppendRange(array, start, count); break;
        }
    }

    public override void AppendRows(IArrowArray array, ReadOnlySpan<int> rows) => AppendRows(ref _values, array, rows);

    public override BuiltColumn Build()
    {
        var values = _values.AsSpan(0, Count);
        var statistics = Statistics(values);
        if (_narrow.Length < Count) _narrow = NewArray<int>(_values.Length);
        var narrow = _narrow.AsSpan(0, Count);
        if (TryNarrow(values, MemoryMarshal.Cast<int, float>(narrow))) return Built(FloatType.Default, AsMemory(_narrow, Count));
        if (DecimalFractions.TryEncode(values, narrow, out int scale)) return Built(FractionType(scale), AsMemory(_narrow, Count));
        return Built(DoubleType.Default, AsMemory(_values, Count));

        BuiltColumn Built(IArrowType type, ReadOnlyMemory<byte> numbers) =>
            new(type, ArrowArrayFactory.BuildArray(new ArrayData(type, Count, MissingCount, 0, [Validity(), new ArrowBuffer(numbers)])),
                statistics);
    }

    public override void Reset()
    {
        base.Reset();
        _mayHaveNaN = false;
    }

    protected override void AppendPlaceholder() => AppendNumber(0);

    ColumnStatistics Statistics(ReadOnlySpan<double> values)
    {
        if (MissingCount == 0 && !_mayHaveNaN) return NumberStatistics.Of(values, 0);
        using var scratch = new Scratch(values.Length);
        var present = scratch.Values[..CopyPresent(values, scratch.Values)];
        if (_mayHaveNaN) present = present[..WithoutNaN(present)];
        return NumberStatistics.Of(present, values.Length - present.Length);
    }

    Decimal32Type FractionType(int scale) =>
        _fractionType?.Scale == scale ? _fractionType : _fractionType = new(DecimalFractions.MaxDigits, scale);

    /// <summary>Moves the numbers to the front, and counts them.</summary>
    static int WithoutNaN(Span<double> values)
    {
        int kept = 0;
        foreach (double value in values)
            if (!double.IsNaN(value)) values[kept++] = value;
        return kept;
    }

    void AppendNumber(double value)
    {
        MakeRoom(ref _values, Count);
        _values[Count++] = value;
    }

    /// <summary>Ends at the first value that doesn't fit, as decimal fractions rarely do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool TryNarrow(ReadOnlySpan<double> values, Span<float> narrow)
    {
        for (int i = 0; i < values.Length; i++)
        {
            narrow[i] = (float)values[i];
            if (BitConverter.DoubleToInt64Bits(narrow[i]) != BitConverter.DoubleToInt64Bits(values[i])) return false;
        }
        return true;
    }
}
