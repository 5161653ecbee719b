namespace RedisML.Columns;

/// <summary>A column of dates or timestamps: a count a row since 1970, in days or in the unit of the type;
/// <see cref="Missing"/> is a missing value.</summary>
public sealed class TimeVector(ColumnType type, Memory<long> values) : ColumnVector(type, values.Length)
{
    /// <summary>What stands for a missing value.</summary>
    public const long Missing = long.MinValue;

    /// <summary>A count a row.</summary>
    public Span<long> Values => values.Span;
}
