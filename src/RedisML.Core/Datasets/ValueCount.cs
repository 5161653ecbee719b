namespace RedisML.Datasets;

/// <summary>How many rows have a value.</summary>
/// <param name="Value">Null for a missing one. Of text at most the first 1,024 bytes, where it is one of many.</param>
public sealed record ValueCount(object? Value, long Rows);
