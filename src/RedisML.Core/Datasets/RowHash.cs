using RedisML.Numerics;

namespace RedisML.Datasets;

/// <summary>Numbers that look random and depend on a seed and on what they are for alone: on neither chunks nor workers.</summary>
/// <remarks>SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).</remarks>
public static class RowHash
{
    /// <summary>A number for a row, or for a value by its key.</summary>
    public static ulong Of(int seed, ulong number) => SplitMix64.Mix(SplitMix64.Mix((uint)seed) + number);

    /// <inheritdoc cref="Of(int, ulong)"/>
    public static ulong Of(int seed, long row) => Of(seed, (ulong)row);

    /// <summary>The hash as a number from 0 up to but without 1.</summary>
    public static double ToUnit(ulong hash) => (hash >> 11) * (1.0 / (1L << 53));
}
