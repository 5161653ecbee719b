using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Features;
using RedisML.Numerics;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Linear;

/// <summary>Binary logistic regression: a row's loss is its negative log likelihood. Labels are 0 and 1.</summary>
internal sealed class LogisticObjective(EncodedLayout layout) : Objective(layout, outputs: 1)
{
    public override int ScratchPerRow => 3;

    public override double[] StartIntercepts(PipelineFit fit) => [Math.Log(fit.ClassShares[1] / fit.ClassShares[0])];

    public override double[] StartCurvatures(PipelineFit fit) => [fit.ClassShares[1] * fit.ClassShares[0]];

    public override double Curvature(PipelineFit fit) => 0.25;

    protected override double AddGradient(
        EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> gradient, Span<double> scratch)
    {
        int padded = Lanes.RoundUp(block.Rows);
        var allScores = scratch[..padded];
        var allLabels = scratch.Slice(padded, padded);
        var scores = allScores[..block.Rows];
        block.Multiply(parameters[..Width], parameters[Width], scores);
        allScores[block.Rows..].Fill(double.NegativeInfinity); // with label 0: no loss
        targets.Labels.CopyTo(allLabels);
        allLabels[block.Rows..].Clear();
        double loss;
        if (targets.Weights.IsEmpty) loss = Differentiate(allScores, allLabels);
        else
        {
            var losses = scratch.Slice(2 * padded, padded);
            Differentiate(allScores, allLabels, losses);
            loss = Lanes.Dot(losses[..block.Rows], targets.Weights);
            targets.Weigh(scores);
        }
        block.AddTransposeProduct(scores, gradient[..Width]);
        gradient[Width] += Lanes.Sum(scores);
        return loss;
    }

    /// <summary>Replaces the scores of a block by the derivatives of the loss. Both lengths are a multiple of eight.</summary>
    /// <returns>The loss.</returns>
    /// <remarks>
    /// With s = 1 − 2y and m = s·z the loss is ln(1 + eᵐ) = max(m, 0) + ln(1 + e^−|m|), exact for any m, and its derivative
    /// s·σ(m). The logarithm is taken of the product over a block, which is at most 2^(rows / 8) in each lane.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double Differentiate(Span<double> scores, ReadOnlySpan<double> labels)
    {
        var z = Lanes.Of(scores);
        var y = Lanes.Of(labels);
        var one = Vector512<double>.One;
        var product = one;
        var loss = Vector512<double>.Zero;
        for (int i = 0; i < z.Length; i++)
        {
            var sign = one - 2 * y[i];
            var margin = sign * z[i];
            var exp = Lanes.ExpOfNonPositive(-Vector512.Abs(margin));
            var isWrong = Vector512.GreaterThanOrEqual(margin, Vector512<double>.Zero);
            product *= one + exp;
            loss += Vector512.ConditionalSelect(isWrong, margin, Vector512<double>.Zero);
            z[i] = sign * Vector512.ConditionalSelect(isWrong, one, exp) / (one + exp);
        }
        double sum = Lanes.Sum(loss);
        for (int i = 0; i < Lanes.Count; i++) sum += Math.Log(product[i]);
        return sum;
    }

    /// <summary>The same with the loss of each row, for rows that differ in weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Differentiate(Span<double> scores, ReadOnlySpan<double> labels, Span<double> losses)
    {
        var z = Lanes.Of(scores);
        var y = Lanes.Of(labels);
        var loss = Lanes.Of(losses);
        var one = Vector512<double>.One;
        for (int i = 0; i < z.Length; i++)
        {
            var sign = one - 2 * y[i];
            var margin = sign * z[i];
            loss[i] = Lanes.ExpOfNonPositive(-Vector512.Abs(margin));
            z[i] = margin;
        }
        for (int row = 0; row < losses.Length; row++)
        {
            double exp = losses[row], margin = scores[row], sign = 1 - 2 * labels[row];
            losses[row] = Math.Max(margin, 0) + Math.Log(1 + exp);
            scores[row] = sign * (margin >= 0 ? 1 : exp) / (1 + exp);
        }
    }
}
