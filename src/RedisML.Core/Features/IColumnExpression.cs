using RedisML.Datasets;

namespace RedisML.Features;

/// <summary>A compiled expression over columns, as in <c>-Derive @{ late = 'arr_delay &gt; 15' }</c>.</summary>
/// <remarks>Immutable, so that workers share it.</remarks>
public interface IColumnExpression
{
    /// <summary>The columns that the expression refers to, each once.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>The type of the result, given the type of each column in <see cref="Columns"/>.</summary>
    /// <exception cref="RedisMLException">The types don't fit the operators.</exception>
    ColumnType ResultType(Func<string, ColumnType> typeOf);

    /// <summary>The result for each row; missing where an operand that matters is missing.</summary>
    /// <param name="column">Gives the columns of <see cref="Columns"/>, each of length <paramref name="rows"/>; they aren't changed.</param>
    ColumnVector Evaluate(Func<string, ColumnVector> column, int rows);
}
