using RedisML.Columns;

namespace RedisML.Expressions;

/// <summary>Evaluates an expression for all rows of a chunk, a node at a time. NaN and the code −1 are missing;
/// booleans are 0 and 1.</summary>
sealed partial class ExpressionEvaluator(ExpressionTyping typing, IReadOnlyDictionary<string, ColumnVector> columns, int rows)
{
    internal ColumnVector Evaluate(ExpressionNode root)
    {
        var type = typing.TypeOf(root);
        if (root is ColumnNode column) return columns[column.Name];
        if (type == ColumnType.Utf8) return Text(root);
        if (type.IsTime) return new TimeVector(type, Times(root, type));
        var values = Compute((CallNode)root);
        foreach (ref double value in values.AsSpan())
            if (!double.IsFinite(value))
                value = double.NaN;
        return new NumberVector(type, values);
    }

    ReadOnlySpan<double> Numbers(ExpressionNode node) => node switch
    {
        NumberNode number => Filled(number.Value),
        ColumnNode column => ((NumberVector)columns[column.Name]).Values,
        _ => Compute((CallNode)node),
    };

    double[] Compute(CallNode call)
    {
        var result = GC.AllocateUninitializedArray<double>(rows);
        var arguments = call.Arguments;
        var first = arguments[0];
        if (call.Operation == Operation.IsNull && typing.TypeOf(first).IsTime)
        {
            var times = Times(first, typing.TypeOf(first));
            for (int i = 0; i < times.Length; i++) result[i] = times[i] == TimeVector.Missing ? 1 : 0;
        }
        else if (typing.HasTime(arguments)) ComputeTimes(call, result);
        else if (call.Operation >= Operation.Lower && typing.IsText(first)) TestText(call, result);
        else if (call.Operation == Operation.In)
            NumberOperations.IsIn(Numbers(first), [.. arguments.Skip(1).Select(a => ((NumberNode)a).Value)], result);
        else if (arguments.Count == 1)
        {
            if (call.Operation == Operation.IsNull) IsNull(first, result);
            else NumberOperations.Unary(call.Operation, Numbers(first), result);
        }
        else if (call.Operation == Operation.If)
            NumberOperations.Choose(Numbers(first), Numbers(arguments[1]), Numbers(arguments[2]), result);
        else if (typing.IsText(first)) CompareText(call, Text(first), Text(arguments[1]), result);
        else NumberOperations.Binary(call.Operation, Numbers(first), Numbers(arguments[1]), result);
        return result;
    }

    void IsNull(ExpressionNode node, Span<double> result)
    {
        if (typing.IsText(node))
        {
            var codes = Text(node).Codes;
            for (int i = 0; i < codes.Length; i++) result[i] = codes[i] < 0 ? 1 : 0;
        }
        else
        {
            var values = Numbers(node);
            for (int i = 0; i < values.Length; i++) result[i] = double.IsNaN(values[i]) ? 1 : 0;
        }
    }

    double[] Filled(double value)
    {
        var result = GC.AllocateUninitializedArray<double>(rows);
        Array.Fill(result, value);
        return result;
    }
}
