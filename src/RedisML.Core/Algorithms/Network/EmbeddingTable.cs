namespace RedisML.Algorithms.Network;

/// <summary>A category's table of embeddings: a row of numbers for each level, and for a missing value where that is a level.</summary>
/// <param name="Rows">Levels, a missing one among them.</param>
/// <param name="Width">Numbers a level.</param>
/// <param name="Start">Where it starts in the vector of parameters, [Rows, Width].</param>
/// <param name="Column">The first of the inputs that it fills.</param>
/// <param name="Offset">The position of its first level in an encoded row.</param>
internal readonly record struct EmbeddingTable(int Rows, int Width, int Start, int Column, int Offset);
