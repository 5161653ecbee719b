using System.Numerics;
using System.Numerics.Tensors;
using RedisML.Errors;
using RedisML.Numerics;

namespace RedisML.Models;

/// <summary>Adds numbers to a parameter, in the type that it has.</summary>
static class ParameterSum
{
    /// <exception cref="RedisMLException"><c>ParameterNotNumeric</c>; <c>ParameterShapeMismatch</c>; <c>InvalidParameterValue</c>: the sum
    /// is no number of the parameter's type.</exception>
    public static ParameterValue Of(string name, ParameterValue there, ParameterValue added)
    {
        if (!there.Shape.SequenceEqual(added.Shape))
            throw new RedisMLException("ParameterShapeMismatch", ErrorKind.InvalidArgument,
                $"Parameter '{name}' has the shape ({string.Join(", ", there.Shape)}); what is to be added has " +
                $"({string.Join(", ", added.Shape)}).", name);
        if (there is Scalar { Value: long first } && added is Scalar { Value: long second })
            return first + (Int128)second is var sum && sum >= long.MinValue && sum <= long.MaxValue ? new Scalar((long)sum)
                : throw Unfit("the sum is too large for an Int64");
        if (there is Scalar) return new Scalar(there.ToDoubles()[0] + added.ToDoubles()[0]);
        var tensor = (Tensor)there;
        if (added is Tensor other && other.ElementType == tensor.ElementType && tensor.ElementType != ElementType.Boolean)
            return Same(tensor, other);
        if (tensor.ElementType is not (ElementType.Float16 or ElementType.Float32 or ElementType.Float64))
            throw Unfit($"what is to be added isn't of its type, {tensor.ElementType}");
        var numbers = added.ToDoubles();
        TensorPrimitives.Add(numbers, there.ToDoubles(), numbers);
        return Precision.Convert(numbers, tensor.ElementType, tensor.Shape);

        RedisMLException Unfit(string why) => new("InvalidParameterValue", ErrorKind.InvalidArgument,
            $"Nothing was added to parameter '{name}': {why}.", name);

        Tensor Same(Tensor first, Tensor second)
        {
            try
            {
                return first.Elements switch
                {
                    double[] a => Add(a, second), float[] a => Add(a, second), Half[] a => Add(a, second),
                    long[] a => Add(a, second), int[] a => Add(a, second), short[] a => Add(a, second), sbyte[] a => Add(a, second),
                    ulong[] a => Add(a, second), uint[] a => Add(a, second), ushort[] a => Add(a, second),
                    byte[] a => Add(a, second),
                    _ => throw Unfit("it has no numbers"),
                };
            }
            catch (OverflowException)
            {
                throw Unfit($"a sum is too large for {first.ElementType}");
            }
        }

        static Tensor Add<T>(T[] first, Tensor second) where T : INumber<T>
        {
            var sum = (T[])second.Elements;
            var result = new T[first.Length];
            for (int i = 0; i < result.Length; i++) result[i] = checked(first[i] + sum[i]);
            return new(result, [.. second.Shape]);
        }
    }
}
