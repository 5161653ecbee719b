namespace RedisML.Expressions;

/// <summary>The way back from a derived column to the one that it was computed from: from <c>log(price)</c> to <c>price</c>.</summary>
internal sealed class ExpressionInverse
{
    readonly List<Func<double, double>> _steps = [];

    ExpressionInverse(string column) => Column = column;

    /// <summary>The stored column.</summary>
    public string Column { get; private set; }

    /// <summary>The way back, where there is one: from each value to exactly one value of one column.</summary>
    /// <param name="column">Null is returned too where it isn't derived.</param>
    public static ExpressionInverse? Of(DerivedColumns derived, string column)
    {
        var inverse = new ExpressionInverse(column);
        while (derived.Find(inverse.Column) is { } expression)
        {
            if (!inverse.Undo(expression.Root)) return null;
        }
        return inverse.Column == column ? null : inverse;
    }

    /// <summary>The value of <see cref="Column"/>; NaN where none has this one.</summary>
    public double Invert(double value)
    {
        foreach (var step in _steps) value = step(value);
        return value;
    }

    /// <summary>Undoes what stands outermost first, down to the column.</summary>
    bool Undo(ExpressionNode node)
    {
        while (node is CallNode call)
        {
            var (first, second) = (call.Arguments[0], call.Arguments.Count == 2 ? call.Arguments[1] : null);
            var step = second is null ? OfUnary(call.Operation)
                : Constant(second) is { } right ? OfLeft(call.Operation, right)
                : Constant(first) is { } left ? OfRight(call.Operation, left) : null;
            if (step is null || call.Arguments.Count > 2) return false;
            _steps.Add(step);
            node = second is null || Constant(second) is not null ? first : second;
        }
        if (node is not ColumnNode column) return false;
        Column = column.Name;
        return true;
    }

    static double? Constant(ExpressionNode node) => node switch
    {
        NumberNode number => number.Value,
        CallNode { Operation: Operation.Negate } negated => -Constant(negated.Arguments[0]),
        _ => null,
    };

    static Func<double, double>? OfUnary(Operation operation) => operation switch
    {
        Operation.Negate => y => -y,
        Operation.Log => Math.Exp,
        Operation.Log10 => y => Math.Pow(10, y),
        Operation.Log1P => y => Math.Exp(y) - 1,
        Operation.Exp => Math.Log,
        Operation.Sqrt => y => y * y,
        _ => null,
    };

    /// <summary>Of <c>x ∘ c</c>.</summary>
    static Func<double, double>? OfLeft(Operation operation, double c) => operation switch
    {
        Operation.Add => y => y - c,
        Operation.Subtract => y => y + c,
        Operation.Multiply when c != 0 => y => y / c,
        Operation.Divide when c != 0 => y => y * c,
        Operation.Power when Math.Abs(c % 2) == 1 => y => Math.CopySign(Math.Pow(Math.Abs(y), 1 / c), y),
        Operation.Power when c % 1 != 0 => y => Math.Pow(y, 1 / c), // of such a power the base isn't negative
        _ => null,
    };

    /// <summary>Of <c>c ∘ x</c>.</summary>
    static Func<double, double>? OfRight(Operation operation, double c) => operation switch
    {
        Operation.Add => y => y - c,
        Operation.Subtract => y => c - y,
        Operation.Multiply when c != 0 => y => y / c,
        Operation.Divide when c != 0 => y => c / y,
        Operation.Power when c > 0 && c != 1 => y => Math.Log(y) / Math.Log(c),
        _ => null,
    };
}
