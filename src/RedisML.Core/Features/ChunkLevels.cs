namespace RedisML.Features;

/// <summary>The levels of a column in a chunk, or in several.</summary>
/// <param name="Names">The names in the order of their codes; in a chunk one may come twice.</param>
/// <param name="Weights">The weight of the rows that have each, where they have none their number; in a chunk it may be 0.</param>
/// <param name="Missing">The weight of the rows in which the column is missing.</param>
internal readonly record struct ChunkLevels(IReadOnlyList<string> Names, double[] Weights, double Missing);
