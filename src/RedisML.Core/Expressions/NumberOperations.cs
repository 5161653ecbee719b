using System.Numerics.Tensors;

namespace RedisML.Expressions;

/// <summary>Operators and functions of numbers, for all rows at once. NaN is missing; booleans are 0 and 1.</summary>
static class NumberOperations
{
    internal static void IsIn(ReadOnlySpan<double> x, ReadOnlySpan<double> constants, Span<double> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = double.IsNaN(x[i]) ? double.NaN : constants.Contains(x[i]) ? 1 : 0;
    }

    internal static void Unary(Operation operation, ReadOnlySpan<double> x, Span<double> result)
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

    internal static void Binary(Operation operation, ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
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

    internal static void Equal(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = double.IsNaN(x[i]) || double.IsNaN(y[i]) ? double.NaN : x[i] == y[i] ? 1 : 0;
    }

    internal static void Less(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = double.IsNaN(x[i]) || double.IsNaN(y[i]) ? double.NaN : x[i] < y[i] ? 1 : 0;
    }

    internal static void Not(Span<double> result) => TensorPrimitives.Subtract(1, result, result);

    internal static void Choose(ReadOnlySpan<double> condition, ReadOnlySpan<double> then, ReadOnlySpan<double> otherwise,
        Span<double> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = double.IsNaN(condition[i]) ? double.NaN : condition[i] != 0 ? then[i] : otherwise[i];
    }
}
