using System.Numerics.Tensors;
using RedisML.Columns;

namespace RedisML.Expressions;

/// <summary>Evaluates an expression for all rows of a chunk, a node at a time. NaN and the code −1 are missing; booleans are 0 and 1.</summary>
sealed class ExpressionEvaluator(ExpressionTyping typing, IReadOnlyDictionary<string, ColumnVector> columns, int rows)
{
    const int MissingCode = -1;

    internal ColumnVector Evaluate(ExpressionNode root)
    {
        var type = typing.TypeOf(root);
        if (root is ColumnNode column) return columns[column.Name];
        if (type == ColumnType.Utf8) return Text(root);
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
        if (arguments.Count == 1)
        {
            if (call.Operation == Operation.IsNull) IsNull(first, result);
            else Unary(call.Operation, Numbers(first), result);
        }
        else if (call.Operation == Operation.If) Choose(Numbers(first), Numbers(arguments[1]), Numbers(arguments[2]), result);
        else if (typing.IsText(first)) CompareText(call.Operation, Text(first), Text(arguments[1]), result);
        else Binary(call.Operation, Numbers(first), Numbers(arguments[1]), result);
        return result;
    }

    static void Unary(Operation operation, ReadOnlySpan<double> x, Span<double> result)
    {
        switch (operation)
        {
            case Operation.Negate: TensorPrimitives.Negate(x, result); break;
            case Operation.Not: TensorPrimitives.Subtract(1, x, result); break;
            case Operation.Abs: TensorPrimitives.Abs(x, result); break;
            case Operation.Sqrt: TensorPrimitives.Sqrt(x, result); break;
            case Operation.Log: TensorPrimitives.Log(x, result); break;
            case Operation.Log10: TensorPrimitives.Log10(x, result); break;
            // TensorPrimitives adds 1 and takes the logarithm, which loses what log1p is for.
            case Operation.Log1P: for (int i = 0; i < x.Length; i++) result[i] = Log1P(x[i]); break;
            case Operation.Exp: TensorPrimitives.Exp(x, result); break;
            case Operation.Floor: TensorPrimitives.Floor(x, result); break;
            case Operation.Ceiling: TensorPrimitives.Ceiling(x, result); break;
            case Operation.Round: TensorPrimitives.Round(x, result); break;
            case Operation.Sin: TensorPrimitives.Sin(x, result); break;
            case Operation.Cos: TensorPrimitives.Cos(x, result); break;
            default: throw new InvalidOperationException($"{operation} isn't unary.");
        }
    }

    static void Binary(Operation operation, ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
    {
        switch (operation)
        {
            case Operation.Add: TensorPrimitives.Add(x, y, result); break;
            case Operation.Subtract: TensorPrimitives.Subtract(x, y, result); break;
            case Operation.Multiply: TensorPrimitives.Multiply(x, y, result); break;
            case Operation.Divide: TensorPrimitives.Divide(x, y, result); break;
            case Operation.Remainder: TensorPrimitives.Remainder(x, y, result); break;
            case Operation.Power: for (int i = 0; i < x.Length; i++) result[i] = Power(x[i], y[i]); break;
            case Operation.Minimum: TensorPrimitives.Min(x, y, result); break;
            case Operation.Maximum: TensorPrimitives.Max(x, y, result); break;
            case Operation.Equal: Equal(x, y, result); break;
            case Operation.NotEqual: Equal(x, y, result); Not(result); break;
            case Operation.Less: Less(x, y, result); break;
            case Operation.LessOrEqual: Less(y, x, result); Not(result); break;
            case Operation.Greater: Less(y, x, result); break;
            case Operation.GreaterOrEqual: Less(x, y, result); Not(result); break;
            case Operation.And: for (int i = 0; i < x.Length; i++) result[i] = x[i] == 0 || y[i] == 0 ? 0 : x[i] * y[i]; break;
            case Operation.Or: for (int i = 0; i < x.Length; i++) result[i] = x[i] == 1 || y[i] == 1 ? 1 : x[i] + y[i]; break;
            case Operation.Coalesce: for (int i = 0; i < x.Length; i++) result[i] = double.IsNaN(x[i]) ? y[i] : x[i]; break;
            default: throw new InvalidOperationException($"{operation} isn't binary.");
        }
    }

    /// <summary>Missing stays missing, even where a power of it would be 1.</summary>
    static double Power(double x, double y) => double.IsNaN(x) || double.IsNaN(y) ? double.NaN : Math.Pow(x, y);

    /// <summary>log(1 + x), exact for small x too: W. Kahan's correction of the rounding in 1 + x.</summary>
    static double Log1P(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    static void Equal(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = double.IsNaN(x[i]) || double.IsNaN(y[i]) ? double.NaN : x[i] == y[i] ? 1 : 0;
    }

    static void Less(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = double.IsNaN(x[i]) || double.IsNaN(y[i]) ? double.NaN : x[i] < y[i] ? 1 : 0;
    }

    static void Not(Span<double> result) => TensorPrimitives.Subtract(1, result, result);

    static void Choose(ReadOnlySpan<double> condition, ReadOnlySpan<double> then, ReadOnlySpan<double> otherwise, Span<double> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = double.IsNaN(condition[i]) ? double.NaN : condition[i] != 0 ? then[i] : otherwise[i];
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

    TextVector Text(ExpressionNode node)
    {
        switch (node)
        {
            case TextNode text: return new(new int[rows], [text.Value]);
            case ColumnNode column: return (TextVector)columns[column.Name];
            case CallNode { Operation: Operation.Coalesce } coalesce:
                var preferred = Text(coalesce.Arguments[0]);
                var isThere = new double[rows];
                for (int i = 0; i < rows; i++) isThere[i] = preferred.Codes[i] < 0 ? 0 : 1;
                return ChooseText(isThere, preferred, Text(coalesce.Arguments[1]));
            default:
                var choice = ((CallNode)node).Arguments;
                return ChooseText(Numbers(choice[0]), Text(choice[1]), Text(choice[2]));
        }
    }

    static TextVector ChooseText(ReadOnlySpan<double> condition, TextVector then, TextVector otherwise)
    {
        ReadOnlySpan<int> thenCodes = then.Codes, otherwiseCodes = otherwise.Codes;
        var codes = new int[condition.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = double.IsNaN(condition[i]) ? MissingCode
                : condition[i] != 0 ? thenCodes[i]
                : otherwiseCodes[i] < 0 ? MissingCode : otherwiseCodes[i] + then.Levels.Count;
        }
        return new(codes, [.. then.Levels, .. otherwise.Levels]);
    }

    /// <summary>Compares levels once, then codes. A list of levels may hold a text twice.</summary>
    static void CompareText(Operation operation, TextVector left, TextVector right, Span<double> result)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var (a, b) = (Ids(left), Ids(right));
        ReadOnlySpan<int> x = left.Codes, y = right.Codes;
        for (int i = 0; i < x.Length; i++) result[i] = x[i] < 0 || y[i] < 0 ? double.NaN : a[x[i]] == b[y[i]] ? 1 : 0;
        if (operation == Operation.NotEqual) Not(result);

        int[] Ids(TextVector vector) => [.. vector.Levels.Select(level => ids.TryGetValue(level, out int id) ? id : ids[level] = ids.Count)];
    }

    double[] Filled(double value)
    {
        var result = GC.AllocateUninitializedArray<double>(rows);
        Array.Fill(result, value);
        return result;
    }
}
