using Apache.Arrow;
using Apache.Arrow.Types;

namespace RedisML.Columns;

/// <summary>Column types and Arrow's own.</summary>
static class ArrowTypes
{
    const string ExtensionKey = "ARROW:extension:name", UuidExtension = "arrow.uuid";

    static readonly FixedSizeBinaryType s_uuid = new(16);

    /// <summary>A field of a column's type; of a UUID with the extension's name, by which other programs know it.</summary>
    public static Field FieldOf(string name, ColumnType type, params KeyValuePair<string, string>[] metadata) =>
        new(name, Of(type), nullable: true,
        type.IsUuid ? [new(ExtensionKey, UuidExtension), new("ARROW:extension:metadata", ""), .. metadata] : metadata);

    /// <summary>The column type of a field; null for one that datasets don't have.</summary>
    public static ColumnType? ToColumnType(Field field) =>
        field.DataType is FixedSizeBinaryType { ByteWidth: 16 } && field.HasMetadata
            && field.Metadata.TryGetValue(ExtensionKey, out var extension) && extension == UuidExtension
            ? ColumnType.Uuid : ToColumnType(field.DataType);

    /// <summary>The Arrow type that holds any value of a column type.</summary>
    public static IArrowType Of(ColumnType type) => type.Kind switch
    {
        TypeKind.Int8 => Int8Type.Default,
        TypeKind.Int16 => Int16Type.Default,
        TypeKind.Int32 => Int32Type.Default,
        TypeKind.Int64 => Int64Type.Default,
        TypeKind.UInt8 => UInt8Type.Default,
        TypeKind.UInt16 => UInt16Type.Default,
        TypeKind.UInt32 => UInt32Type.Default,
        TypeKind.UInt64 => UInt64Type.Default,
        TypeKind.Float32 => FloatType.Default,
        TypeKind.Float64 => DoubleType.Default,
        TypeKind.Boolean => BooleanType.Default,
        TypeKind.Utf8 => StringType.Default,
        TypeKind.Decimal128 => new Decimal128Type(type.Precision, type.Scale),
        TypeKind.Date32 => Date32Type.Default,
        TypeKind.Timestamp => new TimestampType((TimeUnit)(int)type.Unit, type.Zone),
        TypeKind.Binary => type.IsUuid ? s_uuid : BinaryType.Default,
        TypeKind.List => new ListType(new Field("item", Of(type.ElementType), nullable: true)),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The column type of an Arrow type; null for one that datasets don't have.</summary>
    public static ColumnType? ToColumnType(IArrowType type) => type switch
    {
        Int8Type => ColumnType.Int8,
        Int16Type => ColumnType.Int16,
        Int32Type => ColumnType.Int32,
        Int64Type => ColumnType.Int64,
        UInt8Type => ColumnType.UInt8,
        UInt16Type => ColumnType.UInt16,
        UInt32Type => ColumnType.UInt32,
        UInt64Type => ColumnType.UInt64,
        HalfFloatType or FloatType => ColumnType.Float32,
        DoubleType => ColumnType.Float64,
        BooleanType => ColumnType.Boolean,
        StringType or LargeStringType or StringViewType => ColumnType.Utf8,
        Decimal32Type t => ColumnType.Decimal128(t.Precision, t.Scale),
        Decimal64Type t => ColumnType.Decimal128(t.Precision, t.Scale),
        Decimal128Type { Scale: >= 0 } t => ColumnType.Decimal128(t.Precision, t.Scale),
        Date32Type or Date64Type => ColumnType.Date32,
        TimestampType t => ColumnType.Timestamp(TimestampUnits.Of(t.Unit), string.IsNullOrEmpty(t.Timezone) ? null : t.Timezone),
        BinaryType or LargeBinaryType or BinaryViewType => ColumnType.Binary,
        DictionaryType t => ToColumnType(t.ValueType),
        ListType t => ListOf(t.ValueDataType),
        LargeListType t => ListOf(t.ValueDataType),
        FixedSizeListType t => ListOf(t.ValueDataType),
        FixedSizeBinaryType => ColumnType.Binary,
        NullType => ColumnType.Utf8,
        _ => null,
    };

    static ColumnType? ListOf(IArrowType element) =>
        ToColumnType(element) is { Kind: <= TypeKind.Float64 } type && element is not DictionaryType ? ColumnType.List(type.Kind) : null;
}
