namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>A user as a model sees it.</summary>
/// <param name="Bias">By how much it rates above the mean.</param>
/// <param name="Factors">[factors].</param>
/// <param name="IsCold">Whether nothing is known of it: then biases and popularity say what suits anybody.</param>
internal sealed record UserVector(double Bias, float[] Factors, bool IsCold);
