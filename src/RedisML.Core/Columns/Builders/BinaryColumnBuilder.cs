using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns.Builders;

/// <summary>Bytes of any length.</summary>
sealed class BinaryColumnBuilder : ColumnBuilder
{
    byte[] _bytes = new byte[4096];
    int[] _offsets = new int[1];

    public void Append(ReadOnlySpan<byte> value)
    {
        int start = _offsets[Count];
        if (_bytes.Length - start < value.Length) System.Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, start + value.Length));
        value.CopyTo(_bytes.AsSpan(start));
        Count++;
        MakeRoom(ref _offsets, Count);
        _offsets[Count] = start + value.Length;
    }

    public override void AppendFrom(IArrowArray array, int row)
    {
        if (ArrowValues.TryGetBytes(array, row, out var value)) Append(value);
        else AppendNull();
    }

    public override BuiltColumn Build()
    {
        var data = new ArrayData(BinaryType.Default, Count, MissingCount, 0,
            [Validity(), new ArrowBuffer(AsMemory(_offsets, Count + 1)), new ArrowBuffer(_bytes.AsMemory(0, _offsets[Count]))]);
        return new(BinaryType.Default, new BinaryArray(data), new(Count - MissingCount, MissingCount, 0, 0, null, null));
    }

    protected override void AppendPlaceholder() => Append([]);
}
