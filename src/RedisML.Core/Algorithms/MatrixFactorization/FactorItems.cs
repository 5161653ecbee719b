using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The items of a loaded model.</summary>
/// <param name="Names">[items], in order.</param>
/// <param name="Biases">[items].</param>
/// <param name="Counts">[items]: how many users rated each.</param>
internal sealed record FactorItems(string[] Names, float[] Biases, int[] Counts, int Factors)
{
    /// <summary>Scores are found of so many items at once.</summary>
    const int Group = 4 * Tile;

    /// <summary>The lanes of a vector.</summary>
    const int Tile = 8;

    /// <summary>[tiles, factors, items of a tile]: eight items lie side by side, so that their scores add up in the lanes of a vector, and
    /// no sum goes across.</summary>
    readonly float[] _tiles = new float[checked((Names.Length + Group - 1) / Group * Group * Factors)];

    public int Count => Names.Length;

    /// <summary>The place of an item by its name.</summary>
    public IReadOnlyDictionary<string, int> Places { get; set; } = new Dictionary<string, int>();

    /// <summary>[<see cref="Factors"/>], a copy.</summary>
    public float[] Vector(int item)
    {
        var vector = new float[Factors];
        for (int i = 0, place = PlaceOf(item); i < vector.Length; i++, place += Tile) vector[i] = _tiles[place];
        return vector;
    }

    /// <summary>Copies the vector of an item in doubles.</summary>
    public void CopyTo(int item, Span<double> target)
    {
        for (int i = 0, place = PlaceOf(item); i < Factors; i++, place += Tile) target[i] = _tiles[place];
    }

    /// <summary>Takes over the vector of an item, [<see cref="Factors"/>].</summary>
    public void Set(int item, ReadOnlySpan<float> vector)
    {
        for (int i = 0, place = PlaceOf(item); i < Factors; i++, place += Tile) _tiles[place] = vector[i];
    }

    /// <summary>The score of an item: its bias, where it counts, and the product. To the bit what it is among others.</summary>
    /// <param name="user">[<see cref="Factors"/>].</param>
    public float Score(ReadOnlySpan<float> user, int item)
    {
        float sum = 0;
        for (int i = 0, place = PlaceOf(item); i < user.Length; i++, place += Tile) sum += user[i] * _tiles[place];
        return sum + Biases[item];
    }

    /// <summary>The scores of items that follow each other, the first one of a place that 32 divides.</summary>
    /// <param name="user">[<see cref="Factors"/>].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Score(ReadOnlySpan<float> user, int first, Span<float> scores)
    {
        Span<float> group = stackalloc float[Group];
        for (int item = 0; item < scores.Length; item += Group)
        {
            var tiles = MemoryMarshal.Cast<float, Vector256<float>>(_tiles.AsSpan((first + item) * Factors, Group * Factors));
            var tile0 = tiles[..user.Length];
            var tile1 = tiles.Slice(Factors, user.Length);
            var tile2 = tiles.Slice(2 * Factors, user.Length);
            var tile3 = tiles.Slice(3 * Factors, user.Length);
            Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (int i = 0; i < user.Length; i++)
            {
                var factor = Vector256.Create(user[i]);
                sum0 += factor * tile0[i];
                sum1 += factor * tile1[i];
                sum2 += factor * tile2[i];
                sum3 += factor * tile3[i];
            }
            sum0.CopyTo(group);
            sum1.CopyTo(group[Tile..]);
            sum2.CopyTo(group[(2 * Tile)..]);
            sum3.CopyTo(group[(3 * Tile)..]);
            group[..Math.Min(Group, scores.Length - item)].CopyTo(scores[item..]);
        }
        TensorPrimitives.Add(scores, Biases.AsSpan(first, scores.Length), scores);
    }

    /// <summary>Where the first factor of an item lies; the next ones each a tile further.</summary>
    int PlaceOf(int item) => item / Tile * Factors * Tile + item % Tile;
}
