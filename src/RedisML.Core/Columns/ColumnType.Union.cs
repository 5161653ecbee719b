
namespace RedisML.Columns;

public readonly partial record struct ColumnType
{
    /// <summary>The narrowest type that holds the values of both; text where nothing else does.</summary>
    /// <param name="a">Null where no value was seen yet.</param>
    public static ColumnType Union(ColumnType? a, ColumnType b)
    {
        if (a is not { } first || first == b) return b;
        if (first.IsInteger && b.IsInteger)
            return first.Kind == TypeKind.UInt64 || b.Kind == TypeKind.UInt64 ? Decimal128(20, 0) : Int64;
        if (first.Kind == TypeKind.Decimal128 || b.Kind == TypeKind.Decimal128) return UnionOfDecimals(first, b);
        if (first.Kind <= TypeKind.Float64 && b.Kind <= TypeKind.Float64) return Float64;
        if (first.Kind == TypeKind.Binary && b.Kind == TypeKind.Binary) return Binary;
        if (first.Kind == TypeKind.List && b.Kind == TypeKind.List) return List(
            Union(first.ElementType, b.ElementType) is { Kind: <= TypeKind.Float64 } element ? element.Kind : TypeKind.Float64);
        if (first.Kind == TypeKind.Date32 && b is { Kind: TypeKind.Timestamp, Zone: null }) return b;
        if (b.Kind == TypeKind.Date32 && first is { Kind: TypeKind.Timestamp, Zone: null }) return first;
        return first.Kind == TypeKind.Timestamp && b.Kind == TypeKind.Timestamp && first.Zone == b.Zone
            ? Timestamp(first.Unit > b.Unit ? first.Unit : b.Unit, first.Zone) : Utf8;
    }

    static ColumnType UnionOfDecimals(ColumnType a, ColumnType b)
    {
        if (a.Kind is TypeKind.Float32 or TypeKind.Float64 || b.Kind is TypeKind.Float32 or TypeKind.Float64) return Float64;
        if (AsDecimal(a) is not { } x || AsDecimal(b) is not { } y) return Utf8;
        int scale = Math.Max(x.Scale, y.Scale), whole = Math.Max(x.Precision - x.Scale, y.Precision - y.Scale);
        return whole + scale <= MaxPrecision ? Decimal128(whole + scale, scale) : Utf8;
    }

    static ColumnType? AsDecimal(ColumnType type) =>
        type.Kind == TypeKind.Decimal128 ? type : !type.IsInteger ? null : Decimal128(type.Kind == TypeKind.UInt64 ? 20 : 19, 0);
}
