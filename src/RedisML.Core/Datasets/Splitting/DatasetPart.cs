
namespace RedisML.Datasets.Splitting;

/// <summary>A dataset that was split off another one.</summary>
/// <param name="Share">Its part of all rows, as it came out.</param>
/// <param name="Classes">How many rows have each value of the column that the split is stratified by, most first; null without one.</param>
public sealed record DatasetPart(
    string Name, long Version, string Part, long Rows, double Share, IReadOnlyList<ValueCount>? Classes,
    IReadOnlyList<DatasetColumn> Columns, string? Label, DatasetLayout Layout, long StoredBytes, DateTimeOffset Created)
{
    internal static DatasetPart Of(Dataset dataset, SplitPart part, long totalRows, IReadOnlyList<ValueCount>? classes) => new(
        dataset.Name, dataset.Version, part.Name, dataset.Rows, (double)dataset.Rows / totalRows, classes,
        dataset.Columns, dataset.Label, dataset.Layout, dataset.StoredBytes, dataset.Created);
}

/// <summary>How far a split is.</summary>
/// <param name="IsWriting">False while rows are counted.</param>
/// <param name="Rows">The rows that the pass under way has read.</param>
public readonly record struct SplitProgress(bool IsWriting, long Rows);
