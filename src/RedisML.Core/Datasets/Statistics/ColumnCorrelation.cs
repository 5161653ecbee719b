namespace RedisML.Datasets.Statistics;

/// <summary>How two columns go together.</summary>
/// <param name="Rows">Rows where both have a value.</param>
/// <param name="Coefficient">Pearson's, from -1 to 1; null where one of them has the same value in all these rows.</param>
public sealed record ColumnCorrelation(string Column, string Other, long Rows, double? Coefficient);
