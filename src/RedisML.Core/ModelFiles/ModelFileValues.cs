using RedisML.Models;
using RedisML.Numerics;

namespace RedisML.ModelFiles;

/// <summary>Between parameters and what files hold of them.</summary>
static class ModelFileValues
{
    /// <summary>Numbers and booleans as tensors, without dimensions where they are single; null for text.</summary>
    public static Tensor? AsTensor(ParameterValue value) => value switch
    {
        Tensor tensor => tensor,
        Scalar { Value: long integer } => new(new[] { integer }),
        Scalar { Value: double number } => new(new[] { number }),
        Scalar { Value: bool boolean } => new(new[] { boolean }),
        _ => null,
    };

    /// <summary>Back: a single number is a scalar where its type is one of scalars.</summary>
    public static ParameterValue OfTensor(Tensor tensor) => tensor.Shape.Count > 0 ? tensor : tensor.ElementType switch
    {
        ElementType.Int64 => new Scalar(((long[])tensor.Elements)[0]),
        ElementType.Float64 => new Scalar(((double[])tensor.Elements)[0]),
        ElementType.Boolean => new Scalar(((bool[])tensor.Elements)[0]),
        _ => tensor,
    };
}
