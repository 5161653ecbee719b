namespace RedisML.Datasets;

/// <summary>What <see cref="DatasetSummary"/> finds out about a column.</summary>
/// <param name="Count">Values that are there.</param>
/// <param name="Missing">Values that are missing.</param>
/// <param name="Mean">Of numbers and booleans; null for other types, and where no value is there.</param>
/// <param name="StandardDeviation">Of the population.</param>
/// <param name="Minimum">A number, or of dates and timestamps a DateTime; null for other types.</param>
/// <param name="Distinct">How many different values; exact up to 16,384, from there on an estimate with a standard error of 0.8 %.</param>
public sealed record ColumnSummary(
    string Dataset, string Column, ColumnType Type, long Count, long Missing,
    double? Mean, double? StandardDeviation, object? Minimum, object? Maximum, long Distinct);
