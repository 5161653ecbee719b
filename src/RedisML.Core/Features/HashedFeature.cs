using System.IO.Hashing;
using System.Text.Json.Serialization;
using RedisML.Columns;

namespace RedisML.Features;

/// <summary>A category whose levels nobody lists: the hash of a level says which of 2^Bits positions is 1. A missing one is all zeros.
/// </summary>
/// <remarks>
/// Levels may share a position. Weinberger, Dasgupta, Langford, Smola and Attenberg, "Feature hashing for large scale multitask learning"
/// (2009), without the sign: each column has positions of its own.
/// </remarks>
/// <param name="Type">The type of the column: numbers as categories keep it.</param>
public sealed record HashedFeature(string Column, ColumnType Type, int Bits) : Feature(Column)
{
    public const int MaxBits = 24;

    [JsonIgnore]
    public override int Width => 1 << Bits;

    internal override ColumnType? LevelType => Type;

    /// <summary>The position of a level among those of its column: the lowest bits of XXH64 (seed 0) of its UTF-8.</summary>
    public static int PositionOf(ReadOnlySpan<byte> level, int bits) => (int)(XxHash64.HashToUInt64(level) & ((1UL << bits) - 1));
}
