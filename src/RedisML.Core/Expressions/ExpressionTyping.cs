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
            case Operation.Equal or Operation.NotEqual or Operation.Less or Operation.LessOrEqual
                or Operation.Greater or Operation.GreaterOrEqual
                when HasTime(arguments):
                CommonTime(call, arguments);
                return ColumnType.Boolean;
            case Operation.Subtract when HasTime(arguments):
                CommonTime(call, arguments);
                return ColumnType.Float64;
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
            case >= Operation.Year and <= Operation.Epoch:
                if (!TypeOf(arguments[0]).IsTime)
                    throw ExpressionError.At(text, arguments[0].Position,
                        $"a date or a timestamp is needed, and this is {NameOf(TypeOf(arguments[0]))}");
                return ColumnType.Float64;
            case >= Operation.Lower and <= Operation.Like:
                return TypeOfText(call);
            case Operation.In:
                RequireConstants(call);
                return ColumnType.Boolean;
            default:
                foreach (var argument in arguments) RequireNumber(argument);
                return ColumnType.Float64;
        }
    }

    internal bool HasTime(IEnumerable<ExpressionNode> arguments) => arguments.Any(a => TypeOf(a).IsTime);

    /// <summary>The type in which times, and texts that stand for some, are compared: the finest of theirs.</summary>
    internal ColumnType CommonTime(CallNode call, IEnumerable<ExpressionNode> arguments)
    {
        ColumnType? common = null;
        foreach (var argument in arguments.Where(a => a is not TextNode))
        {
            var type = TypeOf(argument);
            if (!type.IsTime || common is { } other && (type.Zone is null) != (other.Zone is null))
                throw ExpressionError.At(text, call.Position,
                    $"{NameOf(common ?? TypeOf(arguments.Last()))} and {NameOf(type)} don't go together");
            common = common is null ? type : Finer(common.Value, type);
        }
        foreach (var argument in arguments.OfType<TextNode>())
        {
            if (!TimeLiteral.TryParse(argument.Value, out var literal))
                throw ExpressionError.At(text, argument.Position, "a time is needed, such as '2023-12-01' or '2023-12-01 06:30:00'");
            if (literal.Offset is not null && common!.Value.Zone is null)
                throw ExpressionError.At(text, argument.Position, "a time without an offset is needed: the column has no zone");
            common = Finer(common!.Value, literal.Type);
        }
        return common!.Value;

        static ColumnType Finer(ColumnType a, ColumnType b) => TimeConversion.PerDay(b) <= TimeConversion.PerDay(a) ? a
            : ColumnType.Timestamp(b.Unit, a.Zone ?? b.Zone);
    }

    ColumnType TypeOfText(CallNode call)
    {
        var arguments = call.Arguments;
        if (!IsText(arguments[0]))
            throw ExpressionError.At(text, arguments[0].Position, $"text is needed, and this is {NameOf(TypeOf(arguments[0]))}");
        foreach (var argument in arguments.Skip(1))
        {
            if (call.Operation == Operation.Substring
                ? argument is not NumberNode { Value: >= 0 } number || number.Type != ColumnType.Int64
                : argument is not TextNode)
                throw ExpressionError.At(text, argument.Position, call.Operation == Operation.Substring ? "a whole number was expected"
                    : "a text in quotes was expected");
        }
        if (call.Operation == Operation.Replace && arguments[1] is TextNode { Value: "" })
            throw ExpressionError.At(text, arguments[1].Position, "a text that isn't empty was expected");
        return call.Operation switch
        {
            Operation.Length => ColumnType.Float64,
            <= Operation.Substring => ColumnType.Utf8,
            _ => ColumnType.Boolean,
        };
    }

    void RequireConstants(CallNode call)
    {
        if (HasTime(call.Arguments))
        {
            CommonTime(call, call.Arguments);
            return;
        }
        foreach (var constant in call.Arguments.Skip(1)) Common(call, call.Arguments[0], constant);
    }

    /// <summary>The type that holds both: text with text, and any two kinds of numbers.</summary>
    ColumnType Common(CallNode call, ExpressionNode left, ExpressionNode right)
    {
        var (a, b) = (TypeOf(left), TypeOf(right));
        if (a.IsTime || b.IsTime) return CommonTime(call, [left, right]);
        if (a == b) return a;
        return a.IsNumeric && b.IsNumeric ? ColumnType.Float64
            : throw ExpressionError.At(text, call.Position, $"{NameOf(a)} and {NameOf(b)} don't go together");
    }

    void RequireNumber(ExpressionNode node)
    {
        var type = TypeOf(node);
        if (type.IsText)
            throw ExpressionError.At(text, node.Position, "a number is needed, and this is text, which has no order and no arithmetic");
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
