using Apache.Arrow;
using RedisML.Columns;
using RedisML.Columns.Builders;
using RedisML.Datasets;

namespace RedisML.Exporting;

/// <summary>The rows of chunks for which a condition is true, from one on and at most so many, gathered a chunk at a time.</summary>
sealed class FilteredRows(RowFilter filter, IReadOnlyList<ColumnSchema> schema, int[] columns, long skip, long first)
{
    readonly ColumnBuilder[] _builders = [.. schema.Select(column => ColumnBuilder.Create(column.Type))];
    long _matched;

    /// <summary>Whether no row that follows is wanted.</summary>
    public bool IsComplete => _matched - skip >= first;

    /// <summary>The columns of the rows of a chunk that are wanted; valid until the next call.</summary>
    public (IReadOnlyList<IArrowArray> Columns, int Rows) Take(DatasetChunk chunk)
    {
        var rows = new List<int>();
        foreach (int row in filter.Matching(chunk))
        {
            if (IsComplete) break;
            if (_matched++ >= skip) rows.Add(row);
        }
        if (rows.Count == 0) return ([], 0);
        var arrays = new IArrowArray[columns.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            _builders[i].Reset();
            _builders[i].AppendRows(chunk.Batch.Column(columns[i]), rows.ToArray());
            arrays[i] = _builders[i].Build().Array;
        }
        return (arrays, rows.Count);
    }
}
