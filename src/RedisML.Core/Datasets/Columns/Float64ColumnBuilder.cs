using System.Numerics.Tensors;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Datasets.Columns;

/// <summary>Floating-point numbers, stored in 32 bits where that loses none of the chunk's values. NaN is a missing value.</summary>
sealed class Float64ColumnBuilder : ColumnBuilder
{
    double[] _values = [];
    float[] _narrow = [];

    public void Append(double value)
    {
        if (double.IsNaN(value))
        {
            AppendNull();
            return;
        }
        AppendNumber(value);
    }

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (ArrowValues.TryGetDouble(array, row, out double value)) Append(value);
        else AppendNull();
    }

    public override BuiltColumn Build()
    {
        var values = _values.AsSpan(0, Count);
        var scratch = RentScratch(Count);
        int present = CopyPresent<double>(values, scratch);
        var statistics = NumberStatistics.Of(scratch.AsSpan(0, present), MissingCount);
        ReturnScratch(scratch);
        return TryNarrow(values)
            ? new(FloatType.Default, new FloatArray(new ArrowBuffer(AsMemory(_narrow, Count)), Validity(), Count, MissingCount, 0), statistics)
            : new(DoubleType.Default, new DoubleArray(new ArrowBuffer(AsMemory(_values, Count)), Validity(), Count, MissingCount, 0), statistics);
    }

    protected override void AppendPlaceholder() => AppendNumber(0);

    void AppendNumber(double value)
    {
        Reserve(ref _values, Count);
        _values[Count++] = value;
    }

    /// <summary>Tries a few values first: decimal fractions rarely fit, and then only those are looked at.</summary>
    bool TryNarrow(ReadOnlySpan<double> values)
    {
        const int block = 1024;
        if (_narrow.Length < values.Length) _narrow = new float[_values.Length];
        for (int i = 0; i < values.Length; i += block)
        {
            var part = values.Slice(i, Math.Min(block, values.Length - i));
            var narrow = _narrow.AsSpan(i, part.Length);
            TensorPrimitives.ConvertTruncating(part, narrow);
            for (int j = 0; j < part.Length; j++)
                if (BitConverter.DoubleToInt64Bits(narrow[j]) != BitConverter.DoubleToInt64Bits(part[j])) return false;
        }
        return true;
    }
}
