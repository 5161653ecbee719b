using System.Text.Json.Serialization;

namespace RedisML.Datasets;

/// <summary>The logical type of a column, named as in Arrow. A chunk may store a narrower type that holds the same values.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnType>))]
public enum ColumnType
{
    /// <summary>Signed 64-bit integers. Chunks store Int8, Int16, Int32 or Int64.</summary>
    Int64,

    /// <summary>64-bit floating point. Chunks store Float (where that loses nothing) or Double.</summary>
    Float64,

    /// <summary>Booleans, bit-packed.</summary>
    Boolean,

    /// <summary>Text. Chunks store String, or Dictionary with Int8, Int16 or Int32 indices into String.</summary>
    Utf8,
}

/// <summary>A column of a dataset. Every column is nullable: null is a missing value.</summary>
public sealed record ColumnSchema(string Name, ColumnType Type);
