using System.Runtime.InteropServices;
using RedisML.Numerics;

namespace RedisML.Formats.Npy;

/// <summary>Numbers or booleans in any number of dimensions, in C order: the last index runs fastest.</summary>
public sealed class NpyArray
{
    readonly int[] _shape;

    /// <summary>An array over <paramref name="elements"/>, which it keeps.</summary>
    /// <param name="elements">A one-dimensional array of one of the types of <see cref="Numerics.ElementType"/>.</param>
    /// <param name="shape">The length of each dimension; none for a single element. Their product is the number of elements.</param>
    public NpyArray(Array elements, params int[] shape)
    {
        var info = elements.Rank == 1 ? ElementTypeInfo.Of(elements.GetType().GetElementType()!) : null;
        if (info is null) throw new ArgumentException($"A tensor can't be made of {elements.GetType()}.", nameof(elements));
        if (CountOf(shape) != elements.Length)
            throw new ArgumentException($"{elements.Length} elements don't fill the shape ({string.Join(", ", shape)}).", nameof(shape));
        Elements = elements;
        ElementType = info.Type;
        _shape = shape;
    }

    /// <summary>The elements in C order: a one-dimensional array of <see cref="ElementType"/>.</summary>
    public Array Elements { get; }

    public ElementType ElementType { get; }

    /// <summary>The length of each dimension.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The elements' memory, in this machine's byte order.</summary>
    internal Span<byte> Bytes => BytesOf(Elements, ElementTypeInfo.Of(ElementType).Size);

    internal static Span<byte> BytesOf(Array elements, int elementSize) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(elements), checked(elements.Length * elementSize));

    /// <summary>The product of the lengths, or −1 where one is negative or the product is more than an array can hold.</summary>
    internal static long CountOf(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int length in shape)
        {
            if (length < 0) return -1;
            count *= length;
            if (count > Array.MaxLength) return -1;
        }
        return count;
    }
}
