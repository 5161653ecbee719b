using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>What large weights cost beside the sum of losses: <c>½·L2·‖w‖² + L1·Σ|w|</c>.</summary>
/// <param name="WeightCount">The parameters that are penalised, which are the first; intercepts come after them.</param>
internal readonly record struct Penalty(double L1, double L2, int WeightCount)
{
    public double Of(ReadOnlySpan<double> parameters)
    {
        var weights = parameters[..WeightCount];
        double value = L2 / 2 * Lanes.Dot(weights, weights);
        if (L1 == 0) return value;
        double sum = 0;
        foreach (double weight in weights) sum += Math.Abs(weight);
        return value + L1 * sum;
    }

    /// <summary>Adds the gradient of the part that has one, L2's.</summary>
    public void AddGradient(ReadOnlySpan<double> parameters, Span<double> gradient) =>
        Lanes.AddScaled(gradient[..WeightCount], L2, parameters[..WeightCount]);
}
