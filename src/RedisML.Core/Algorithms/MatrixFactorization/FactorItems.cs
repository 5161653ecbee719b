using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The items of a loaded model.</summary>
/// <param name="Names">[items], in order.</param>
/// <param name="Biases">[items].</param>
/// <param name="Vectors">[items, <see cref="Width"/>], zeros behind the factors.</param>
/// <param name="Counts">[items]: how many users rated each.</param>
internal sealed record FactorItems(string[] Names, float[] Biases, float[] Vectors, int[] Counts, int Factors)
{
    public int Count => Names.Length;

    /// <summary>The place of an item by its name.</summary>
    public IReadOnlyDictionary<string, int> Places { get; set; } = new Dictionary<string, int>();

    /// <summary>The length of a vector in memory, so that sixteen lanes go into it.</summary>
    public int Width { get; } = WidthOf(Factors);

    public static int WidthOf(int factors) => (factors + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count;

    public ReadOnlySpan<float> Vector(int item) => Vectors.AsSpan(item * Width, Width);

    /// <summary>The scores of some items that follow each other: their biases, where they count, and products.</summary>
    /// <param name="user">[<see cref="Width"/>].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Score(ReadOnlySpan<float> user, int first, Span<float> scores)
    {
        var lanes = MemoryMarshal.Cast<float, Vector512<float>>(user);
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(Vectors.AsSpan(first * Width, scores.Length * Width));
        for (int item = 0; item < scores.Length; item++)
        {
            var sum = lanes[0] * vectors[0];
            for (int i = 1; i < lanes.Length; i++) sum += lanes[i] * vectors[i];
            scores[item] = Biases[first + item] + Vector512.Sum(sum);
            vectors = vectors[lanes.Length..];
        }
    }
}
