using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Models;
using RedisML.Numerics;
using RedisML.Training;

namespace RedisML.Algorithms.Network;

/// <summary>The loss of a row, and its derivatives by the network's outputs.</summary>
/// <remarks>
/// Numbers are predicted in deviations from their mean, counts by their mean: so what is learned is of the size of 1, whatever the label's
/// unit.
/// </remarks>
/// <param name="Offset">What is taken from a label, and</param>
/// <param name="Scale">what it is then divided by.</param>
internal sealed record OutputLoss(LossKind Kind, int Outputs, double Offset, double Scale)
{
    public static OutputLoss Of(ModelTask task, PipelineFit fit) => task switch
    {
        ModelTask.Binary => new(LossKind.LogLoss, 1, 0, 1),
        ModelTask.Classes => new(LossKind.Softmax, fit.ClassShares.Length, 0, 1),
        ModelTask.Counts => new(LossKind.Poisson, 1, 0, fit.LabelMoments.Mean),
        _ => new(LossKind.SquaredError, 1, fit.LabelMoments.Mean, fit.LabelMoments.Scale),
    };

    /// <summary>What the mean loss of a row is multiplied by to be the squared error or the deviance in the label's unit.</summary>
    public double ReportedScale => Kind switch
    {
        LossKind.SquaredError => 2 * Scale * Scale,
        LossKind.Poisson => 2 * Scale,
        _ => 1,
    };

    /// <summary>The biases of the outputs that are the best where nothing is known of a row.</summary>
    public double[] Start(PipelineFit fit) => Kind switch
    {
        LossKind.LogLoss => [Math.Log(fit.ClassShares[1] / fit.ClassShares[0])],
        LossKind.Softmax => [.. fit.ClassShares.Select(share => Math.Log(share))],
        _ => [0],
    };

    /// <summary>A label as the network is to learn it; the index of a class stays.</summary>
    public float Target(double label) => (float)((label - Offset) / Scale);

    /// <summary>Replaces a row's scores by the derivatives of the loss, times the row's weight.</summary>
    /// <param name="scores">Padded to eights; the padding becomes 0.</param>
    /// <returns>The loss, times the weight.</returns>
    public double Differentiate(Span<float> scores, float target, float weight)
    {
        double loss, derivative, z = scores[0];
        switch (Kind)
        {
            case LossKind.Softmax: return Softmax(scores, (int)target, weight);
            case LossKind.LogLoss:
                double sign = 1 - 2 * target, margin = sign * z, exp = Math.Exp(-Math.Abs(margin));
                loss = Math.Max(margin, 0) + Math.Log(1 + exp);
                derivative = sign * (margin >= 0 ? 1 : exp) / (1 + exp);
                break;
            case LossKind.Poisson:
                double expected = Math.Exp(z);
                loss = (target > 0 ? target * Math.Log(target) : 0) - target - target * z + expected;
                derivative = expected - target;
                break;
            default:
                derivative = z - target;
                loss = derivative * derivative / 2;
                break;
        }
        scores[0] = (float)(derivative * weight);
        return loss * weight;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Softmax(Span<float> scores, int target, float weight)
    {
        scores[Outputs..].Fill(float.NegativeInfinity);
        float margin = scores[target];
        var vectors = SingleLanes.Of(scores);
        var most = vectors[0];
        for (int i = 1; i < vectors.Length; i++) most = Vector256.Max(most, vectors[i]);
        float largest = most[0];
        for (int i = 1; i < SingleLanes.Count; i++) largest = Math.Max(largest, most[i]);
        var sums = Vector256<float>.Zero;
        foreach (ref var vector in vectors)
        {
            vector = SingleLanes.ExpOfNonPositive(vector - Vector256.Create(largest));
            sums += vector;
        }
        float total = SingleLanes.Sum(sums);
        var factor = Vector256.Create(weight / total);
        foreach (ref var vector in vectors) vector *= factor;
        scores[target] -= weight;
        scores[Outputs..].Clear();
        return (Math.Log(total) + ((double)largest - margin)) * weight;
    }
}
