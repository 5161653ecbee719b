using RedisML.Columns;
using RedisML.Errors;

namespace RedisML.Expressions;

/// <summary>A formula over columns, such as <c>log(price) / [sepal length (cm)]</c>.</summary>
/// <remarks>
/// Operators, loosest first: <c>or</c> <c>||</c>; <c>and</c> <c>&amp;&amp;</c>; <c>not</c>; <c>== = != &lt;&gt; &lt; &lt;= &gt;
/// &gt;= in</c>;
/// <c>+ -</c>; <c>* / %</c>; unary <c>- !</c>; <c>^</c> <c>**</c>; and PowerShell's <c>-eq -like -in -and</c> and the like,
/// which ignore case.
/// <see cref="Function"/> lists the functions of numbers, of times and of text. Text stands in single or double quotes,
/// a column with unusual
/// characters in brackets or backticks; a closing quote is doubled to stand for itself. All of it is in docs/about_RedisML_Expressions.md.
/// A missing operand makes the result missing, but for <c>isnull</c>, <c>coalesce</c>, <c>false and …</c>,
/// <c>true or …</c> and the branch of
/// an <c>if</c> that isn't taken. A result that isn't finite, such as log(0), is missing.
/// </remarks>
public sealed class ColumnExpression
{
    readonly string _text;

    ColumnExpression(string text, ExpressionNode root)
    {
        _text = text;
        Root = root;
        Columns = [.. ColumnsOf(root).Distinct(StringComparer.Ordinal)];
        if (Columns.Count == 0) throw ExpressionError.At(text, root.Position, "a column was expected: it refers to none");
    }

    internal ExpressionNode Root { get; }

    /// <summary>The columns that it refers to, each once.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <exception cref="RedisMLException"><c>InvalidExpression</c>, with the place and what was expected there.</exception>
    public static ColumnExpression Parse(string text) => new(text, ExpressionParser.Parse(text));

    /// <summary>The type of the result, given the type of each column in <see cref="Columns"/>.</summary>
    /// <exception cref="RedisMLException"><c>InvalidExpression</c>: the types don't fit the operators.</exception>
    public ColumnType ResultType(Func<string, ColumnType> typeOf) => Typing(typeOf).TypeOf(Root);

    /// <summary>The result for each row.</summary>
    /// <param name="column">Gives the columns of <see cref="Columns"/>, each of length <paramref name="rows"/>;
    /// they aren't changed.</param>
    public ColumnVector Evaluate(Func<string, ColumnVector> column, int rows)
    {
        var columns = Columns.ToDictionary(name => name, column, StringComparer.Ordinal);
        return new ExpressionEvaluator(Typing(name => columns[name].Type), columns, rows).Evaluate(Root);
    }

    public override string ToString() => _text;

    internal ExpressionTyping Typing(Func<string, ColumnType> typeOf) => new(_text, typeOf);

    static IEnumerable<string> ColumnsOf(ExpressionNode node) => node switch
    {
        ColumnNode column => [column.Name],
        CallNode call => call.Arguments.SelectMany(ColumnsOf),
        _ => [],
    };
}
