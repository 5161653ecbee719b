namespace RedisML.Features;

/// <summary>The levels of a column in a chunk, or in several.</summary>
/// <param name="Names">In the order of their codes; in a chunk a name may come twice.</param>
/// <param name="Counts">The rows that have each; in a chunk it may be 0.</param>
/// <param name="Missing">The rows in which the column is missing.</param>
internal readonly record struct ChunkLevels(IReadOnlyList<string> Names, long[] Counts, long Missing);
