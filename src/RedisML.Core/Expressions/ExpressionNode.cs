using RedisML.Columns;

namespace RedisML.Expressions;

/// <summary>A node of a parsed expression.</summary>
/// <param name="Position">Where it is in the text, from 0: for an operator, where that stands.</param>
abstract record ExpressionNode(int Position)
{
    /// <summary>How deep the tree below is; everything that walks it recurses so far.</summary>
    internal virtual int Depth => 1;
}

/// <summary>A number, or a boolean as 0 or 1.</summary>
sealed record NumberNode(int Position, double Value, ColumnType Type) : ExpressionNode(Position);

sealed record TextNode(int Position, string Value) : ExpressionNode(Position);

sealed record ColumnNode(int Position, string Name) : ExpressionNode(Position);

sealed record CallNode(int Position, Operation Operation, IReadOnlyList<ExpressionNode> Arguments) : ExpressionNode(Position)
{
    internal override int Depth { get; } = 1 + Arguments.Max(a => a.Depth);
}
