namespace RedisML.Training;

/// <summary>The parameters that a training found: weights, then intercepts.</summary>
internal sealed record Solution(double[] Parameters, double Loss, int Iterations, int Evaluations, bool Converged, double? ValidationLoss = null);
