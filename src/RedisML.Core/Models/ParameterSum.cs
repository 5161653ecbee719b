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
                // By the type and not by the array: to the runtime one of Int16 is one of UInt16 too.
                return first.ElementType switch
                {
                    ElementType.Float64 => Add<double>(first, second),
                    ElementType.Float32 => Add<float>(first, second),
                    ElementType.Float16 => Add<Half>(first, second),
                    ElementType.Int64 => Add<long>(first, second),
                    ElementType.Int32 => Add<int>(first, second),
                    ElementType.Int16 => Add<short>(first, second),
                    ElementType.Int8 => Add<sbyte>(first, second),
                    ElementType.UInt64 => Add<ulong>(first, second),
                    ElementType.UInt32 => Add<uint>(first, second),
                    ElementType.UInt16 => Add<ushort>(first, second),
                    _ => Add<byte>(first, second),
                };
            }
            catch (OverflowException)
            {
                throw Unfit($"a sum is too large for {first.ElementType}");
            }
        }

        static Tensor Add<T>(Tensor first, Tensor second) where T : INumber<T>
        {
            var (a, b) = ((T[])first.Elements, (T[])second.Elements);
            var result = new T[a.Length];
            for (int i = 0; i < result.Length; i++) result[i] = checked(a[i] + b[i]);
            return new(result, [.. second.Shape]);
        }
    }
}
