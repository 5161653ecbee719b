namespace RedisML.Columns;

/// <summary>A column of a chunk, decoded for arithmetic: <see cref="NumberVector"/>, <see cref="TextVector"/> or
/// <see cref="TimeVector"/>.</summary>
public abstract class ColumnVector(ColumnType type, int length)
{
    /// <summary>The logical type of the column.</summary>
    public ColumnType Type { get; } = type;

    /// <summary>The number of rows.</summary>
    public int Length { get; } = length;
}

/// <summary>A column of integers, floating-point numbers or booleans (0 and 1); NaN is a missing value.</summary>
/// <remarks>Integers beyond ±2⁵³ are rounded to the nearest double.</remarks>
public sealed class NumberVector(ColumnType type, Memory<double> values) : ColumnVector(type, values.Length)
{
    /// <summary>A value a row.</summary>
    public Span<double> Values => values.Span;
}

/// <summary>A column of text: a code a row, which is an index into the levels; −1 is a missing value.</summary>
/// <param name="levels">May hold the same text twice, and text that no row has: chunks written by others do.</param>
public sealed class TextVector(Memory<int> codes, IReadOnlyList<string> levels) : ColumnVector(ColumnType.Utf8, codes.Length)
{
    /// <summary>A code a row.</summary>
    public Span<int> Codes => codes.Span;

    public IReadOnlyList<string> Levels { get; } = levels;

    /// <summary>The same codes for other levels, each in the place of one of these.</summary>
    internal TextVector WithLevels(IReadOnlyList<string> levels) => new(codes, levels);
}
