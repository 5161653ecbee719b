using System.Buffers;

namespace RedisML.Datasets.Statistics;

/// <summary>Values of columns from the first, the middle and the last rows of a dataset: enough to choose bins by, which are to be known
/// before values are counted.</summary>
static class BinSample
{
    const int RowsTogether = 4096;

    /// <summary>Values ascending, by the columns asked for; null for those that have no histogram.</summary>
    public static async Task<double[]?[]> ReadAsync(
        DatasetReader reader, Dataset dataset, IReadOnlyList<int> columns, CancellationToken cancellation)
    {
        var values = columns.Select(c => NumberProfile.HasHistogram(dataset.Columns[c]) ? new List<double>() : null).ToArray();
        if (values.All(v => v is null)) return new double[]?[columns.Count];
        var seen = new HashSet<int>();
        foreach (long first in (long[])[0, dataset.Rows / 2, Math.Max(0, dataset.Rows - RowsTogether)])
        {
            await foreach (var chunk in reader.ReadAsync(dataset, first, RowsTogether, cancellation).ConfigureAwait(false))
            {
                using (chunk)
                {
                    if (!seen.Add(chunk.Index)) continue;
                    for (int i = 0; i < values.Length; i++)
                        if (values[i] is { } list) Take(chunk, dataset.Columns[columns[i]], columns[i], list);
                }
            }
        }
        return [.. values.Select(v => v?.Order().ToArray())];
    }

    /// <summary>Some of a chunk's values, evenly apart.</summary>
    static void Take(DatasetChunk chunk, DatasetColumn column, int index, List<double> values)
    {
        var array = chunk.Batch.Column(index);
        var keys = ArrayPool<ulong>.Shared.Rent(array.Length);
        int count = NumberKeys.Read(array, column.Type, keys), step = Math.Max(1, count / RowsTogether);
        for (int i = 0; i < count; i += step) values.Add(NumberProfile.ToDouble(keys[i], column.Type.Kind));
        ArrayPool<ulong>.Shared.Return(keys);
    }
}
