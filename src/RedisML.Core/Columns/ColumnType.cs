using System.Text.Json.Serialization;
using RedisML.Errors;

namespace RedisML.Columns;

/// <summary>A column of a dataset. Every column is nullable: null is a missing value.</summary>
public sealed record ColumnSchema(string Name, ColumnType Type)
{
    public override string ToString() => $"{Name} {Type}";
}

/// <summary>The logical type of a column. A chunk may store a narrower type that holds the same values.</summary>
/// <remarks>Its text, as in <c>Int64</c>, <c>Decimal128(10,2)</c>, <c>Timestamp(us,UTC)</c> or <c>List(Float32)</c>,
/// is its form in JSON and for users.</remarks>
[JsonConverter(typeof(ColumnTypeConverter))]
public readonly partial record struct ColumnType
{
    /// <summary>The most digits of a decimal.</summary>
    public const int MaxPrecision = 38;

    ColumnType(TypeKind kind) => Kind = kind;

    public static ColumnType Int8 { get; } = new(TypeKind.Int8);
    public static ColumnType Int16 { get; } = new(TypeKind.Int16);
    public static ColumnType Int32 { get; } = new(TypeKind.Int32);

    /// <summary>Signed 64-bit integers. Chunks store Int8, Int16, Int32 or Int64, as they do for the other integers but UInt64.</summary>
    public static ColumnType Int64 { get; } = new(TypeKind.Int64);
    public static ColumnType UInt8 { get; } = new(TypeKind.UInt8);
    public static ColumnType UInt16 { get; } = new(TypeKind.UInt16);
    public static ColumnType UInt32 { get; } = new(TypeKind.UInt32);
    public static ColumnType UInt64 { get; } = new(TypeKind.UInt64);
    public static ColumnType Float32 { get; } = new(TypeKind.Float32);

    /// <summary>64-bit floating point. Chunks store Float (where that loses nothing) or Double.</summary>
    public static ColumnType Float64 { get; } = new(TypeKind.Float64);

    /// <summary>Booleans, bit-packed.</summary>
    public static ColumnType Boolean { get; } = new(TypeKind.Boolean);

    /// <summary>Text. Chunks store String, or Dictionary with Int8, Int16 or Int32 indices into String.</summary>
    public static ColumnType Utf8 { get; } = new(TypeKind.Utf8);
    public static ColumnType Date32 { get; } = new(TypeKind.Date32);
    public static ColumnType Binary { get; } = new(TypeKind.Binary);

    /// <summary>Binary of 16 bytes that is written as a UUID, most significant byte first.</summary>
    public static ColumnType Uuid { get; } = new(TypeKind.Binary) { IsUuid = true };

    /// <param name="precision">How many digits there are, 1 to 38.</param>
    /// <param name="scale">How many of them stand after the point.</param>
    public static ColumnType Decimal128(int precision, int scale) =>
        precision is >= 1 and <= MaxPrecision && scale >= 0 && scale <= precision
        ? new(TypeKind.Decimal128) { Precision = precision, Scale = scale }
        : throw new RedisMLException("InvalidColumnType", ErrorKind.InvalidArgument,
            $"A decimal has 1 to {MaxPrecision} digits, and no more of them after the point; ({precision},{scale}) isn't possible.");

    /// <param name="zone">A name of the time zone database, or an offset such as <c>+02:00</c>, in which instants are shown;
    /// null for no zone.</param>
    public static ColumnType Timestamp(TimestampUnit unit, string? zone = null) => new(TypeKind.Timestamp) { Unit = unit, Zone = zone };

    /// <param name="element">An integer or floating-point type.</param>
    public static ColumnType List(TypeKind element) => element <= TypeKind.Float64
        ? new(TypeKind.List) { Element = element }
        : throw new RedisMLException("InvalidColumnType", ErrorKind.InvalidArgument,
            $"Lists hold integers or floating-point numbers, not {element}.");

    public TypeKind Kind { get; private init; }

    /// <summary>The digits of a decimal; 0 for other types.</summary>
    public int Precision { get; private init; }

    /// <summary>How many digits of a decimal are after the point; 0 for other types.</summary>
    public int Scale { get; private init; }

    /// <summary>What a timestamp counts.</summary>
    public TimestampUnit Unit { get; private init; }

    /// <summary>The zone of a timestamp; null for one without, and for other types.</summary>
    public string? Zone { get; private init; }

    /// <summary>The kind of a list's elements.</summary>
    public TypeKind Element { get; private init; }

    /// <summary>Whether its bytes are UUIDs.</summary>
    public bool IsUuid { get; private init; }

    public bool IsInteger => Kind <= TypeKind.UInt64;

    /// <summary>Whether arithmetic and training take its values for numbers; booleans are 0 and 1.</summary>
    public bool IsNumeric => Kind is <= TypeKind.Boolean or TypeKind.Decimal128;

    /// <summary>Whether it is a date or a timestamp.</summary>
    public bool IsTime => Kind is TypeKind.Date32 or TypeKind.Timestamp;

    public bool IsText => Kind == TypeKind.Utf8;

    /// <summary>The type of a list's numbers.</summary>
    internal ColumnType ElementType => new(Element);

    /// <summary>Whether an integer type has room for a value.</summary>
    internal bool Holds(long value) => Kind switch
    {
        TypeKind.Int8 => value is >= sbyte.MinValue and <= sbyte.MaxValue,
        TypeKind.Int16 => value is >= short.MinValue and <= short.MaxValue,
        TypeKind.Int32 => value is >= int.MinValue and <= int.MaxValue,
        TypeKind.UInt8 => value is >= 0 and <= byte.MaxValue,
        TypeKind.UInt16 => value is >= 0 and <= ushort.MaxValue,
        TypeKind.UInt32 => value is >= 0 and <= uint.MaxValue,
        TypeKind.UInt64 => value >= 0,
        _ => true,
    };

    /// <summary>Rounds a number to what a floating-point type holds; false where it overflows.</summary>
    internal bool TryRound(ref double value)
    {
        if (Kind != TypeKind.Float32) return true;
        bool finite = double.IsFinite(value);
        value = (float)value;
        return double.IsFinite(value) == finite;
    }
}
