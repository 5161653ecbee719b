using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Features;
using RedisML.Numerics;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Linear;

/// <summary>Multinomial logistic regression: a row's loss is its negative log likelihood. Labels are indices of classes.</summary>
internal sealed class SoftmaxObjective(EncodedLayout layout, int classes) : Objective(layout, classes)
{
    public override int ScratchPerRow => Outputs + 2;

    public override double[] StartIntercepts(PipelineFit fit) => [.. fit.ClassShares.Select(share => Math.Log(share))];

    public override double[] StartCurvatures(PipelineFit fit) => [.. fit.ClassShares.Select(share => share * (1 - share))];

    public override double Curvature(PipelineFit fit) => 0.5;

    protected override double AddGradient(
        EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> gradient, Span<double> scratch)
    {
        int padded = Lanes.RoundUp(block.Rows);
        scratch = scratch[..(ScratchPerRow * padded)];
        for (int k = 0; k < Outputs; k++)
        {
            var scores = scratch.Slice(k * padded, block.Rows);
            block.Multiply(parameters.Slice(k * Width, Width), parameters[WeightCount + k], scores);
        }
        double loss = Differentiate(scratch, targets);
        for (int k = 0; k < Outputs; k++)
        {
            var derivatives = scratch.Slice(k * padded, block.Rows);
            targets.Weigh(derivatives);
            block.AddTransposeProduct(derivatives, gradient.Slice(k * Width, Width));
            gradient[WeightCount + k] += Lanes.Sum(derivatives);
        }
        return loss;
    }

    /// <summary>Replaces the scores by the derivatives of the loss: probabilities, less 1 for the row's class.</summary>
    /// <param name="scratch">[classes + 2, rows padded to eights]: the scores, and room for two numbers a row.</param>
    /// <returns>The loss, ln Σ exp(zₖ) − zᵧ a row, from which the largest score is taken out first.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Differentiate(Span<double> scratch, Targets targets)
    {
        var labels = targets.Labels;
        var weights = targets.Weights;
        int padded = Lanes.RoundUp(labels.Length), stride = padded / Lanes.Count;
        var margins = scratch.Slice(Outputs * padded, padded);
        var totals = scratch.Slice((Outputs + 1) * padded, padded);
        for (int row = 0; row < labels.Length; row++) margins[row] = scratch[(int)labels[row] * padded + row];

        var vectors = Lanes.Of(scratch);
        for (int i = 0; i < stride; i++)
        {
            var largest = vectors[i];
            for (int k = 1; k < Outputs; k++) largest = Vector512.Max(largest, vectors[k * stride + i]);
            var total = Vector512<double>.Zero;
            for (int k = 0; k < Outputs; k++)
            {
                var exp = Lanes.ExpOfNonPositive(vectors[k * stride + i] - largest);
                vectors[k * stride + i] = exp;
                total += exp;
            }
            for (int k = 0; k < Outputs; k++) vectors[k * stride + i] /= total;
            vectors[Outputs * stride + i] = largest - vectors[Outputs * stride + i];
            vectors[(Outputs + 1) * stride + i] = total;
        }

        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            scratch[(int)labels[row] * padded + row] -= 1;
            double lossOfRow = margins[row] + Math.Log(totals[row]);
            loss += weights.IsEmpty ? lossOfRow : weights[row] * lossOfRow;
        }
        return loss;
    }
}
