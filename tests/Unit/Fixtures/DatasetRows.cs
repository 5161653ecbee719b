using RedisML.Connections;
using RedisML.Datasets;

namespace RedisML.Unit.Fixtures;

public static class DatasetRows
{
    /// <summary>All rows of a dataset's version, the current one unless given, as objects.</summary>
    public static async Task<List<object?[]>> RowsAsync(this RedisMLConnection connection, string name, long? version = null)
    {
        var dataset = await new DatasetStore(connection).GetAsync(name, version, TestContext.Current.CancellationToken);
        var rows = new List<object?[]>();
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: TestContext.Current.CancellationToken))
            using (chunk)
                for (int row = 0; row < chunk.Rows; row++)
                    rows.Add([.. Enumerable.Range(0, dataset.Columns.Count)
                        .Select(column => chunk.Value(column, row, dataset.Columns[column].Type))]);
        return rows;
    }
}
