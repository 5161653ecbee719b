using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using RedisML.Errors;
using RedisML.Numerics;

namespace RedisML.Models;

/// <summary>In how many bits the numbers of a tensor are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ParameterPrecision>))]
public enum ParameterPrecision
{
    /// <summary>As they are.</summary>
    Full,

    /// <summary>16 bits of IEEE 754.</summary>
    Half,

    /// <summary>8 bits, in equal steps from the least to the greatest.</summary>
    Int8,
}

/// <summary>What storing numbers in fewer bits costs.</summary>
/// <param name="Value">To be stored.</param>
/// <param name="MaximumError">The greatest difference to a number as it was.</param>
/// <param name="RootMeanSquareError">Over all numbers.</param>
public sealed record ReducedParameter(ParameterValue Value, double MaximumError, double RootMeanSquareError);

/// <summary>Numbers in fewer bits.</summary>
public static class Precision
{
    /// <summary>A tensor of floating-point numbers in fewer bits.</summary>
    /// <exception cref="RedisMLException"><c>PrecisionNotPossible</c>: it isn't such a tensor, or a number doesn't fit.</exception>
    public static ReducedParameter Reduce(ParameterValue value, ParameterPrecision precision, string name)
    {
        if (precision == ParameterPrecision.Full) return new(value, 0, 0);
        if (value is not Tensor { ElementType: ElementType.Float16 or ElementType.Float32 or ElementType.Float64 } tensor)
            throw Impossible("isn't an array of floating-point numbers", name);
        var numbers = tensor.ToDoubles();
        ParameterValue stored;
        double[] restored;
        if (precision == ParameterPrecision.Half)
        {
            var half = Convert(numbers, ElementType.Float16, tensor.Shape);
            restored = half.ToDoubles();
            for (int i = 0; i < numbers.Length; i++)
                if (double.IsFinite(numbers[i]) && !double.IsFinite(restored[i]))
                    throw Impossible($"has the element {numbers[i]:R}, and 16 bits end at {(double)Half.MaxValue:N0}", name);
            stored = half;
        }
        else
        {
            var (how, codes) = Quantization.Of(tensor, name);
            stored = new QuantizedTensor(how, codes);
            restored = stored.ToDoubles();
        }
        TensorPrimitives.Subtract(restored, numbers, restored);
        // What isn't finite is the same in 16 bits, and has no difference.
        for (int i = 0; i < restored.Length; i++)
            if (!double.IsFinite(numbers[i])) restored[i] = 0;
        return restored.Length == 0 ? new(stored, 0, 0)
            : new(stored, Math.Abs(TensorPrimitives.MaxMagnitude<double>(restored)),
                Math.Sqrt(TensorPrimitives.SumOfSquares<double>(restored) / restored.Length));
    }

    /// <summary>Numbers as elements of a floating-point type.</summary>
    internal static Tensor Convert(double[] numbers, ElementType type, IReadOnlyList<int> shape)
    {
        switch (type)
        {
            case ElementType.Float16:
                var halves = new Half[numbers.Length];
                TensorPrimitives.ConvertTruncating<double, Half>(numbers, halves);
                return new(halves, [.. shape]);
            case ElementType.Float32:
                var singles = new float[numbers.Length];
                TensorPrimitives.ConvertTruncating<double, float>(numbers, singles);
                return new(singles, [.. shape]);
            default:
                return new(numbers, [.. shape]);
        }
    }

    static RedisMLException Impossible(string why, string name) => new("PrecisionNotPossible", ErrorKind.InvalidArgument,
        $"Parameter '{name}' can't be stored in fewer bits: it {why}.", name);
}
