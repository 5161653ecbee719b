using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;

namespace RedisML.Datasets;

/// <summary>Chooses rows by a condition on column values, such as <c>distance &gt; 1000 and carrier == "AA"</c>.</summary>
public sealed class RowFilter
{
    static readonly DerivedColumns s_none = new([]);

    readonly ColumnExpression _condition;

    /// <exception cref="RedisMLException"><c>InvalidExpression</c>, also where it isn't a condition; <c>ColumnNotFound</c>.</exception>
    public RowFilter(string condition, Dataset dataset)
    {
        _condition = ColumnExpression.Parse(condition);
        var type = _condition.ResultType(name => dataset.Column(name).Type);
        if (type != ColumnType.Boolean)
            throw new RedisMLException("InvalidExpression", ErrorKind.InvalidArgument,
                $"'{condition}' is a {type} and no condition, such as 'x > 0'.", condition);
    }

    /// <summary>The rows of a chunk for which the condition is true; one that misses a value it needs isn't among them.</summary>
    public IEnumerable<int> Matching(DatasetChunk chunk)
    {
        using var columns = new BatchColumns(chunk.Batch, s_none);
        var result = (NumberVector)_condition.Evaluate(name => columns[name], chunk.Rows);
        for (int row = 0; row < chunk.Rows; row++)
            if (result.Values[row] == 1) yield return row;
    }
}
