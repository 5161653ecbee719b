using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Builders;

/// <summary>Booleans, one bit each.</summary>
sealed class BooleanColumnBuilder : ColumnBuilder
{
    byte[] _bits = [];
    int _true;

    public void Append(bool value)
    {
        int slot = Count >> 3;
        MakeRoom(ref _bits, slot);
        if ((Count & 7) == 0) _bits[slot] = 0;
        if (value)
        {
            _bits[slot] |= (byte)(1 << (Count & 7));
            _true++;
        }
        Count++;
    }

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (((BooleanArray)array).GetValue(row) is bool value) Append(value);
        else AppendNull();
    }

    public override BuiltColumn Build()
    {
        var bits = new ArrowBuffer(_bits.AsMemory(0, (Count + 7) / 8));
        return new(BooleanType.Default, new BooleanArray(bits, Validity(), Count, MissingCount, 0), Statistics());
    }

    public override void Reset()
    {
        base.Reset();
        _true = 0;
    }

    protected override void AppendPlaceholder() => Append(false);

    ColumnStatistics Statistics()
    {
        int present = Count - MissingCount;
        if (present == 0) return new(0, MissingCount, 0, 0, null, null);
        double mean = (double)_true / present;
        return new(present, MissingCount, mean, _true * (1 - mean), _true == present ? 1 : 0, _true == 0 ? 0 : 1);
    }
}
