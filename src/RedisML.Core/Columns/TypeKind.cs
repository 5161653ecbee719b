namespace RedisML.Columns;

/// <summary>What a column holds, named as in Arrow.</summary>
public enum TypeKind
{
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    Boolean,
    Utf8,

    /// <summary>Exact decimal numbers of up to 38 digits, with a fixed number of them after the point.</summary>
    Decimal128,

    /// <summary>Dates, as days since 1970-01-01.</summary>
    Date32,

    /// <summary>Instants where the type has a time zone, else readings of a clock on a wall.</summary>
    Timestamp,
    Binary,

    /// <summary>Lists of numbers, such as embeddings.</summary>
    List,
}

/// <summary>What a timestamp counts.</summary>
public enum TimestampUnit
{
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}
