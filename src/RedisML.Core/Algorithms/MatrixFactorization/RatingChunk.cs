namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The ratings of a chunk: users and items by number, a rating each.</summary>
internal sealed record RatingChunk(int[] Users, int[] Items, float[] Values);
