using Apache.Arrow;
using RedisML.Columns;

namespace RedisML.Datasets.Splitting;

/// <summary>Numbers, dates and timestamps as 64 bits that sort as the values do; missing ones sort last.</summary>
static class OrderedKeys
{
    public const ulong Missing = ulong.MaxValue;
    const ulong SignBit = 1UL << 63;

    public static bool CanOrder(ColumnType type) => type.IsNumeric || type.Kind is TypeKind.Date32 or TypeKind.Timestamp;

    public static ulong Get(IArrowArray array, int row, ColumnType type)
    {
        if (type.Kind == TypeKind.Decimal128) return ArrowValues.TryGetDouble(array, row, out double value) ? Of(value) : Missing;
        if (!ValueKeys.TryGet(array, row, type, out ulong key)) return Missing;
        return type.Kind switch
        {
            TypeKind.UInt64 => key,
            TypeKind.Float32 or TypeKind.Float64 => Of(BitConverter.UInt64BitsToDouble(key)),
            _ => key ^ SignBit,
        };
    }

    /// <summary>A key that no value of the column is below, and one that none but a missing one is above, as its statistics tell.</summary>
    public static (ulong Low, ulong High) Range(DatasetColumn column)
    {
        var (minimum, maximum) = (column.Statistics.Minimum, column.Statistics.Maximum);
        if (minimum is null || maximum is null) return (0, Missing - 1);
        // Statistics are doubles, to which large integers were rounded.
        double low = Math.BitDecrement(minimum.Value), high = Math.BitIncrement(maximum.Value);
        return column.Type.Kind switch
        {
            TypeKind.Float32 or TypeKind.Float64 or TypeKind.Decimal128 => (Of(low), Of(high)),
            TypeKind.UInt64 => ((ulong)Math.Max(0, Math.Floor(low)), (ulong)Math.Ceiling(high)),
            _ => ((ulong)(long)Math.Floor(low) ^ SignBit, (ulong)(long)Math.Ceiling(high) ^ SignBit),
        };
    }

    /// <summary>The bits of a double, turned so that they sort as the numbers do.</summary>
    static ulong Of(double value)
    {
        ulong bits = ValueKeys.Of(value);
        return bits >= SignBit ? ~bits : bits | SignBit;
    }
}
