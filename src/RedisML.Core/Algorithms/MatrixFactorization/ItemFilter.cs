using RedisML.Columns;
using RedisML.Connections;
using RedisML.Datasets;
using RedisML.Expressions;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Which items a condition on the columns of a dataset of items allows.</summary>
public sealed class ItemFilter
{
    readonly HashSet<string> _items;

    ItemFilter(HashSet<string> items) => _items = items;

    /// <param name="column">The column of the dataset that names the items.</param>
    /// <exception cref="Errors.RedisMLException"><c>InvalidExpression</c>, <c>ColumnNotFound</c>.</exception>
    public static async Task<ItemFilter> ReadAsync(
        RedisMLConnection connection, Dataset dataset, string column, string condition, CancellationToken cancellation)
    {
        var type = dataset.Column(column).Type;
        var filter = new RowFilter(condition, dataset);
        var items = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var chunk in new DatasetReader(connection).ReadAsync(dataset, cancellation: cancellation).ConfigureAwait(false))
            using (chunk)
            {
                using var columns = new BatchColumns(chunk.Batch, new DerivedColumns([]));
                var names = Categories.Of(columns[column], type);
                foreach (int row in filter.Matching(chunk))
                    if (names.Codes[row] >= 0) items.Add(names.Levels[names.Codes[row]]);
            }
        return new(items);
    }

    internal bool[] Allowed(FactorItems items) => Array.ConvertAll(items.Names, _items.Contains);
}
