using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>Multinomial logistic regression: a row's loss is its negative log likelihood. Labels are indices of classes.</summary>
internal sealed class SoftmaxObjective(EncodedLayout layout, int classes) : Objective(layout, classes)
{
    public override int ScratchPerRow => Outputs + 2;

    public override void Add(
        EncodedBlock block, ReadOnlySpan<double> labels, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        int padded = Lanes.RoundUp(block.Rows);
        scratch = scratch[..(ScratchPerRow * padded)];
        for (int k = 0; k < Outputs; k++)
        {
            var scores = scratch.Slice(k * padded, block.Rows);
            block.Multiply(parameters.Slice(k * Width, Width), parameters[WeightCount + k], scores);
        }
        sum[ParameterCount] += Differentiate(scratch, labels);
        for (int k = 0; k < Outputs; k++)
        {
            var derivatives = scratch.Slice(k * padded, block.Rows);
            block.AddTransposeProduct(derivatives, sum.Slice(k * Width, Width));
            sum[WeightCount + k] += Lanes.Sum(derivatives);
        }
    }

    public override double[] StartIntercepts(PipelineFit fit) => [.. fit.ClassCounts.Select(count => Math.Log((double)count / fit.Rows))];

    public override double[] StartCurvatures(PipelineFit fit) =>
        [.. fit.ClassCounts.Select(count => (double)count / fit.Rows).Select(share => share * (1 - share))];

    /// <summary>Replaces the scores by the derivatives of the loss: probabilities, less 1 for the row's class.</summary>
    /// <param name="scratch">[classes + 2, rows padded to eights]: the scores, and room for two numbers a row.</param>
    /// <returns>The loss, ln Σ exp(zₖ) − zᵧ a row, from which the largest score is taken out first.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Differentiate(Span<double> scratch, ReadOnlySpan<double> labels)
    {
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
            loss += margins[row] + Math.Log(totals[row]);
        }
        return loss;
    }
}
