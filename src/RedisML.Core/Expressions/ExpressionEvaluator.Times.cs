using RedisML.Columns;

namespace RedisML.Expressions;

// Dates and timestamps: counts in the finest of the types at hand.
sealed partial class ExpressionEvaluator
{
    void ComputeTimes(CallNode call, Span<double> result)
    {
        var arguments = call.Arguments;
        if (call.Operation is >= Operation.Year and <= Operation.Epoch)
        {
            var own = typing.TypeOf(arguments[0]);
            TimeConversion.Part(call.Operation, Times(arguments[0], own), own, result);
            return;
        }
        var type = typing.CommonTime(call, arguments);
        ReadOnlySpan<long> x = Times(arguments[0], type);
        if (call.Operation == Operation.In)
        {
            var constants = arguments.Skip(1).Select(a => Literal(a, type)).ToArray();
            for (int i = 0; i < x.Length; i++)
                result[i] = x[i] == TimeVector.Missing ? double.NaN : constants.AsSpan().Contains(x[i]) ? 1 : 0;
            return;
        }
        ReadOnlySpan<long> y = Times(arguments[1], type);
        if (call.Operation == Operation.Subtract)
        {
            TimeConversion.Days(x, y, type, result);
            return;
        }
        // The sign of the comparison is what the operator of numbers then looks at.
        for (int i = 0; i < x.Length; i++)
            result[i] = x[i] == TimeVector.Missing || y[i] == TimeVector.Missing ? double.NaN : x[i].CompareTo(y[i]);
        NumberOperations.Binary(call.Operation, result.ToArray(), new double[rows], result);
    }

    long[] Times(ExpressionNode node, ColumnType type)
    {
        var result = GC.AllocateUninitializedArray<long>(rows);
        switch (node)
        {
            case TextNode: Array.Fill(result, Literal(node, type)); break;
            case ColumnNode column:
                var vector = (TimeVector)columns[column.Name];
                TimeConversion.Convert(vector.Values, vector.Type, type, result);
                break;
            case CallNode { Operation: Operation.Coalesce, Arguments: var either }:
                var (preferred, other) = (Times(either[0], type), Times(either[1], type));
                for (int i = 0; i < rows; i++) result[i] = preferred[i] == TimeVector.Missing ? other[i] : preferred[i];
                break;
            default:
                var choice = ((CallNode)node).Arguments;
                var condition = Numbers(choice[0]);
                var (then, otherwise) = (Times(choice[1], type), Times(choice[2], type));
                for (int i = 0; i < rows; i++)
                    result[i] = double.IsNaN(condition[i]) ? TimeVector.Missing : condition[i] != 0 ? then[i] : otherwise[i];
                break;
        }
        return result;
    }

    static long Literal(ExpressionNode node, ColumnType type)
    {
        TimeLiteral.TryParse(((TextNode)node).Value, out var literal);
        return literal.In(type);
    }
}
