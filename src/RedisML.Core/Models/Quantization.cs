using System.Numerics.Tensors;
using RedisML.Errors;
using RedisML.Numerics;

namespace RedisML.Models;

/// <summary>8 bits for a number: <c>offset + scale · code</c>.</summary>
/// <param name="Type">What the numbers were, and come back as.</param>
sealed record Quantization(double Scale, double Offset, ElementType Type)
{
    const int Codes = 255;

    /// <summary>Codes for numbers, from the least to the greatest in equal steps.</summary>
    /// <exception cref="RedisMLException"><c>PrecisionNotPossible</c>: one isn't finite.</exception>
    public static (Quantization How, Tensor Values) Of(Tensor tensor, string name)
    {
        var numbers = tensor.ToDoubles();
        double least = numbers.Length == 0 ? 0 : TensorPrimitives.Min<double>(numbers);
        double range = numbers.Length == 0 ? 0 : TensorPrimitives.Max<double>(numbers) - least;
        if (!double.IsFinite(range))
            throw new RedisMLException("PrecisionNotPossible", ErrorKind.InvalidArgument,
                $"Parameter '{name}' has an infinite element, one that is no number, or a range without end, which 8 bits can't stand for.",
                name);
        double scale = range / Codes;
        var codes = new byte[numbers.Length];
        if (scale > 0)
            for (int i = 0; i < codes.Length; i++) codes[i] = (byte)Math.Round((numbers[i] - least) / scale);
        return (new(scale, least, tensor.ElementType), new(codes, [.. tensor.Shape]));
    }

    /// <summary>The numbers that codes stand for.</summary>
    public Tensor Restore(Tensor codes)
    {
        var numbers = codes.ToDoubles();
        for (int i = 0; i < numbers.Length; i++) numbers[i] = Offset + Scale * numbers[i];
        return Precision.Convert(numbers, Type, codes.Shape);
    }
}
