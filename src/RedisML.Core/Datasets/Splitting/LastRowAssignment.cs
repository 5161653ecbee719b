using RedisML.Columns;

namespace RedisML.Datasets.Splitting;

/// <summary>The last row of each value of a column to the second part, all others to the first.</summary>
/// <remarks>A value's only row stays in the first part. Memory grows with the number of values, by some 40 bytes each.</remarks>
sealed class LastRowAssignment : RowAssignment
{
    readonly HashSet<long> _last;

    LastRowAssignment(HashSet<long> last) => _last = last;

    /// <param name="order">The column whose greatest value is the last; null where the order of rows says that.</param>
    public static async Task<LastRowAssignment> PlanAsync(
        IAsyncEnumerable<DatasetChunk> chunks, int column, ColumnType type, (int Column, ColumnType Type)? order)
    {
        var found = new Dictionary<ulong, (long Row, ulong Order, bool IsOnly)>();
        await foreach (var chunk in chunks.ConfigureAwait(false))
        {
            var values = chunk.Batch.Column(column);
            for (int row = 0; row < chunk.Rows; row++)
            {
                if (!ValueKeys.TryGet(values, row, type, out ulong key)) continue;
                ulong place = order is { } by ? PlaceOf(chunk, row, by.Column, by.Type) : 0;
                if (!found.TryGetValue(key, out var last)) found.Add(key, (chunk.FirstRow + row, place, true));
                else found[key] = place >= last.Order ? (chunk.FirstRow + row, place, false) : last with { IsOnly = false };
            }
        }
        return new([.. found.Values.Where(last => !last.IsOnly).Select(last => last.Row)]);
    }

    public override void Assign(DatasetChunk chunk, Span<int> target)
    {
        for (int row = 0; row < target.Length; row++) target[row] = _last.Contains(chunk.FirstRow + row) ? 1 : 0;
    }

    /// <summary>A row without a time isn't the last while another has one.</summary>
    static ulong PlaceOf(DatasetChunk chunk, int row, int column, ColumnType type) =>
        OrderedKeys.Get(chunk.Batch.Column(column), row, type) is var key && key == OrderedKeys.Missing ? 0 : key;
}
