using RedisML.Columns;
using RedisML.Errors;
using RedisML.Expressions;
using static RedisML.Formats.Onnx.TensorProto.Types;

namespace RedisML.Formats.Onnx;

/// <summary>Lowers an expression to nodes that compute what <see cref="ColumnExpression.Evaluate"/> does. NaN and "" are missing;
/// booleans are 0 and 1.</summary>
/// <param name="valueOf">The graph's value of a column.</param>
sealed class OnnxExpression(OnnxGraph graph, ColumnExpression expression, Func<string, ColumnType> typeOf, Func<string, string> valueOf)
{
    readonly ExpressionTyping _typing = expression.Typing(typeOf);

    string Missing => graph.Scalar(double.NaN);

    string MissingText => graph.Constant([""], 1, 1);

    /// <exception cref="RedisMLException"><c>OnnxUnsupported</c>: ONNX lacks the types or operators.</exception>
    internal string Lower()
    {
        Check(expression.Root);
        if (expression.Root is ColumnNode column) return valueOf(column.Name);
        if (_typing.IsText(expression.Root)) return Text(expression.Root);
        var value = Number(expression.Root);
        return graph.Add("Where", graph.Add("IsInf", value), Missing, value);
    }

    /// <summary>ONNX has no dates, and of the functions of text none that all its readers know.</summary>
    void Check(ExpressionNode node)
    {
        if (_typing.TypeOf(node).IsTime)
            throw Unsupported("it has no dates and timestamps; import the parts that the model needs, such as the month, as columns");
        if (node is not CallNode call) return;
        if (call.Operation is >= Operation.Lower and <= Operation.Like || call.IgnoresCase && _typing.IsText(call.Arguments[0]))
            throw Unsupported("it has no such functions of text");
        foreach (var argument in call.Arguments) Check(argument);
    }

    RedisMLException Unsupported(string why) => new("OnnxUnsupported", ErrorKind.InvalidOperation,
        $"ONNX can't hold the derived column '{expression}': {why}. Json and Safetensors hold the model.", expression.ToString());

    string Number(ExpressionNode node)
    {
        switch (node)
        {
            case NumberNode number: return graph.Scalar(number.Value);
            case ColumnNode column: return valueOf(column.Name);
        }
        var call = (CallNode)node;
        var arguments = call.Arguments;
        switch (call.Operation)
        {
            case Operation.IsNull when _typing.IsText(arguments[0]): return ToNumber(IsMissingText(Text(arguments[0])));
            case Operation.Equal when _typing.IsText(arguments[0]): return EqualText(arguments[0], arguments[1]);
            case Operation.NotEqual when _typing.IsText(arguments[0]): return Not(EqualText(arguments[0], arguments[1]));
            case Operation.In: return In(arguments);
            case Operation.If: return If(Number(arguments[0]), Number(arguments[1]), Number(arguments[2]), Missing);
        }
        var x = Number(arguments[0]);
        return arguments.Count == 1 ? Unary(call.Operation, x) : Binary(call.Operation, x, Number(arguments[1]));
    }

    string Unary(Operation operation, string x) => operation switch
    {
        Operation.Negate => graph.Add("Neg", x),
        Operation.Not => Not(x),
        Operation.Abs => graph.Add("Abs", x),
        Operation.Sqrt => graph.Add("Sqrt", x),
        Operation.Exp => graph.Add("Exp", x),
        Operation.Log => graph.Add("Log", x),
        Operation.Log10 => graph.Add("Div", graph.Add("Log", x), graph.Scalar(Math.Log(10))),
        Operation.Log1P => Log1P(x),
        Operation.Floor => graph.Add("Floor", x),
        Operation.Ceiling => graph.Add("Ceil", x),
        Operation.Round => graph.Add("Round", x),
        Operation.Sin => graph.Add("Sin", x),
        // ONNX Runtime has Sin for doubles, and Cos not.
        Operation.Cos => graph.Add("Sin", graph.Add("Add", x, graph.Scalar(Math.PI / 2))),
        Operation.IsNull => ToNumber(graph.Add("IsNaN", x)),
        _ => throw new InvalidOperationException($"{operation} isn't unary."),
    };

    string Binary(Operation operation, string x, string y) => operation switch
    {
        Operation.Add => graph.Add("Add", x, y),
        Operation.Subtract => graph.Add("Sub", x, y),
        Operation.Multiply => graph.Add("Mul", x, y),
        Operation.Divide => graph.Add("Div", x, y),
        Operation.Remainder => graph.Add("Mod", [x, y], [OnnxGraph.Int("fmod", 1)]),
        Operation.Power => UnlessMissing(x, y, graph.Add("Pow", x, y)),
        Operation.Minimum => UnlessMissing(x, y, graph.Add("Min", x, y)),
        Operation.Maximum => UnlessMissing(x, y, graph.Add("Max", x, y)),
        Operation.Equal => Compare("Equal", x, y),
        Operation.NotEqual => Not(Compare("Equal", x, y)),
        Operation.Less => Compare("Less", x, y),
        Operation.LessOrEqual => Not(Compare("Less", y, x)),
        Operation.Greater => Compare("Less", y, x),
        Operation.GreaterOrEqual => Not(Compare("Less", x, y)),
        Operation.And => IfEither(x, y, 0, graph.Add("Mul", x, y)),
        Operation.Or => IfEither(x, y, 1, graph.Add("Add", x, y)),
        Operation.Coalesce => graph.Add("Where", graph.Add("IsNaN", x), y, x),
        _ => throw new InvalidOperationException($"{operation} isn't binary."),
    };

    string Not(string x) => graph.Add("Sub", graph.Scalar(1), x);

    string Compare(string operation, string x, string y) => UnlessMissing(x, y, ToNumber(graph.Add(operation, x, y)));

    string UnlessMissing(string x, string y, string value) =>
        graph.Add("Where", graph.Add("Or", graph.Add("IsNaN", x), graph.Add("IsNaN", y)), Missing, value);

    string IfEither(string x, string y, double decisive, string otherwise)
    {
        var value = graph.Scalar(decisive);
        return graph.Add("Where", graph.Add("Or", graph.Add("Equal", x, value), graph.Add("Equal", y, value)), value, otherwise);
    }

    string If(string condition, string then, string otherwise, string missing)
    {
        var choice = graph.Add("Where", graph.Cast(condition, DataType.Bool), then, otherwise);
        return graph.Add("Where", graph.Add("IsNaN", condition), missing, choice);
    }

    /// <summary>Kahan's log(1 + x), as the evaluator computes it.</summary>
    string Log1P(string x)
    {
        var one = graph.Scalar(1);
        var u = graph.Add("Add", x, one);
        var corrected = graph.Add("Mul", graph.Add("Log", u), graph.Add("Div", x, graph.Add("Sub", u, one)));
        return graph.Add("Where", graph.Add("Equal", u, one), x, corrected);
    }

    string ToNumber(string condition) => graph.Cast(condition, DataType.Double);

    string Text(ExpressionNode node)
    {
        switch (node)
        {
            case TextNode text: return graph.Constant([text.Value], 1, 1);
            case ColumnNode column: return valueOf(column.Name);
            case CallNode { Operation: Operation.Coalesce } coalesce:
                var preferred = Text(coalesce.Arguments[0]);
                return graph.Add("Where", IsMissingText(preferred), Text(coalesce.Arguments[1]), preferred);
            default:
                var arguments = ((CallNode)node).Arguments;
                return If(Number(arguments[0]), Text(arguments[1]), Text(arguments[2]), MissingText);
        }
    }

    string IsMissingText(string text) => graph.Cast(graph.Encode(text, [""], [1], 0), DataType.Bool);

    string In(IReadOnlyList<ExpressionNode> arguments)
    {
        if (_typing.IsText(arguments[0]))
        {
            var texts = arguments.Skip(1).Select(a => ((TextNode)a).Value).Where(t => t.Length > 0).Distinct().ToList();
            var code = ToNumber(graph.Encode(Text(arguments[0]), [.. texts, ""], [.. texts.Select(_ => 1L), -1], 0));
            return graph.Add("Where", graph.Add("Less", code, graph.Scalar(0)), Missing, code);
        }
        var x = Number(arguments[0]);
        var any = arguments.Skip(1).Select(a => graph.Add("Equal", x, graph.Scalar(((NumberNode)a).Value)))
            .Aggregate((a, b) => graph.Add("Or", a, b));
        return graph.Add("Where", graph.Add("IsNaN", x), Missing, ToNumber(any));
    }

    string EqualText(ExpressionNode left, ExpressionNode right)
    {
        if (left is TextNode) (left, right) = (right, left);
        var x = Text(left);
        if (right is TextNode { Value: not "" } literal)
        {
            var code = ToNumber(graph.Encode(x, [literal.Value, ""], [1, -1], 0));
            return graph.Add("Where", graph.Add("Less", code, graph.Scalar(0)), Missing, code);
        }
        var y = Text(right);
        graph.RequireOpset(19, irVersion: 9);
        var isMissing = graph.Add("Or", IsMissingText(x), IsMissingText(y));
        return graph.Add("Where", isMissing, Missing, ToNumber(graph.Add("Equal", x, y)));
    }
}
