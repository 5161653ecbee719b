using System.Numerics.Tensors;
using RedisML.Formats.Npy;
using RedisML.Numerics;

namespace RedisML.Models;

/// <summary>Numbers or booleans in any number of dimensions, in C order: the last index runs fastest. Stored as <c>.npy</c>.</summary>
public sealed class Tensor : ParameterValue
{
    readonly NpyArray _array;

    /// <inheritdoc cref="NpyArray(Array, int[])"/>
    public Tensor(Array elements, params int[] shape) : this(new NpyArray(elements, shape)) { }

    internal Tensor(NpyArray array) => _array = array;

    /// <summary>The elements in C order: a one-dimensional array of <see cref="ElementType"/>.</summary>
    public Array Elements => _array.Elements;

    public ElementType ElementType => _array.ElementType;

    public override IReadOnlyList<int> Shape => _array.Shape;

    /// <summary>The elements' memory, in this machine's byte order.</summary>
    internal Span<byte> Bytes => _array.Bytes;

    public override double[] ToDoubles()
    {
        if (Elements is double[] doubles) return [.. doubles];
        var result = new double[Elements.Length];
        if (Elements is bool[] booleans)
            for (int i = 0; i < result.Length; i++) result[i] = booleans[i] ? 1 : 0;
        else if (Elements is Half[] halves)
            TensorPrimitives.ConvertTruncating<Half, double>(halves, result);
        else
            Array.Copy(Elements, result, result.Length);
        return result;
    }

    public override byte[] Encode() => NpyFormat.Write(_array);
}
