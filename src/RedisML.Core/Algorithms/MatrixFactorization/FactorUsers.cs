namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>The users of a loaded model, where it holds them.</summary>
/// <param name="Names">[users], in order.</param>
/// <param name="Biases">[users].</param>
/// <param name="Vectors">[users, factors].</param>
/// <param name="Rated">What each rated in training.</param>
/// <param name="Places">The place of a user by its name.</param>
internal sealed record FactorUsers(
    string[] Names, float[] Biases, float[] Vectors, RatingLines Rated, IReadOnlyDictionary<string, int> Places);
