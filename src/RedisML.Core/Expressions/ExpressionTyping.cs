using RedisML.Columns;

namespace RedisML.Expressions;

/// <summary>Finds the type of an expression, and operands that don't fit their operator.</summary>
sealed class ExpressionTyping(string text, Func<string, ColumnType> typeOf)
{
    internal bool IsText(ExpressionNode node) => TypeOf(node) == ColumnType.Utf8;

    internal ColumnType TypeOf(ExpressionNode node) => node switch
    {
        NumberNode number => number.Type,
        TextNode => ColumnType.Utf8,
        ColumnNode column => typeOf(column.Name),
        CallNode call => TypeOf(call),
        _ => throw new InvalidOperationException($"{node.GetType()} has no type."),
    };

    ColumnType TypeOf(CallNode call)
    {
        var arguments = call.Arguments;
        switch (call.Operation)
        {
            case Operation.Equal or Operation.NotEqual:
                Common(call, arguments[0], arguments[1]);
                return ColumnType.Boolean;
            case Operation.Less or Operation.LessOrEqual or Operation.Greater or Operation.GreaterOrEqual:
                foreach (var argument in arguments) RequireNumber(argument);
                return ColumnType.Boolean;
            case Operation.And or Operation.Or or Operation.Not:
                foreach (var argument in arguments) RequireBoolean(argument);
                return ColumnType.Boolean;
            case Operation.If:
                RequireBoolean(arguments[0]);
                return Common(call, arguments[1], arguments[2]);
            case Operation.Coalesce:
                return Common(call, arguments[0], arguments[1]);
            case Operation.IsNull:
                TypeOf(arguments[0]);
                return ColumnType.Boolean;
            default:
                foreach (var argument in arguments) RequireNumber(argument);
                return ColumnType.Float64;
        }
    }

    /// <summary>The type that holds both: text with text, and any two kinds of numbers.</summary>
    ColumnType Common(CallNode call, ExpressionNode left, ExpressionNode right)
    {
        var (a, b) = (TypeOf(left), TypeOf(right));
        if (a == b) return a;
        return a.IsNumeric && b.IsNumeric ? ColumnType.Float64
            : throw ExpressionError.At(text, call.Position, $"{NameOf(a)} and {NameOf(b)} don't go together");
    }

    void RequireNumber(ExpressionNode node)
    {
        var type = TypeOf(node);
        if (type.IsText)
            throw ExpressionError.At(text, node.Position, "a number is needed, and this is text, which can only be tested for equality");
        if (!type.IsNumeric) throw ExpressionError.At(text, node.Position, $"a number is needed, and this is {NameOf(type)}");
    }

    void RequireBoolean(ExpressionNode node)
    {
        var type = TypeOf(node);
        if (type != ColumnType.Boolean)
            throw ExpressionError.At(text, node.Position, $"a condition is needed, such as 'x > 0', and this is {NameOf(type)}");
    }

    static string NameOf(ColumnType type) => type.Kind switch
    {
        TypeKind.Utf8 => "text",
        TypeKind.Boolean => "a boolean",
        _ => type.IsNumeric ? "a number" : $"a {type}",
    };
}
