using System.Numerics.Tensors;
using RedisML.Features;

namespace RedisML.Training;

/// <summary>Multinomial logistic regression: a row's loss is its negative log likelihood. Labels are indices of classes.</summary>
internal sealed class SoftmaxObjective(EncodedLayout layout, int classes) : Objective(layout, classes)
{
    public override int ScratchPerRow => Outputs + 2;

    public override void Add(
        EncodedBlock block, ReadOnlySpan<double> labels, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        int rows = block.Rows;
        var maxima = scratch.Slice(Outputs * rows, rows);
        var totals = scratch.Slice((Outputs + 1) * rows, rows);
        for (int k = 0; k < Outputs; k++)
        {
            var scores = scratch.Slice(k * rows, rows);
            block.Multiply(parameters.Slice(k * Width, Width), parameters[WeightCount + k], scores);
            if (k == 0) scores.CopyTo(maxima);
            else TensorPrimitives.Max(maxima, scores, maxima);
        }

        // ln Σ exp(zₖ) − zᵧ, with the largest score taken out of both.
        double loss = 0;
        for (int row = 0; row < rows; row++) loss += maxima[row] - scratch[(int)labels[row] * rows + row];
        totals.Clear();
        for (int k = 0; k < Outputs; k++)
        {
            var scores = scratch.Slice(k * rows, rows);
            TensorPrimitives.Subtract(scores, maxima, scores);
            TensorPrimitives.Exp(scores, scores);
            TensorPrimitives.Add(totals, scores, totals);
        }
        TensorPrimitives.Log(totals, maxima);
        sum[ParameterCount] += loss + TensorPrimitives.Sum<double>(maxima);

        for (int k = 0; k < Outputs; k++)
        {
            var probabilities = scratch.Slice(k * rows, rows);
            TensorPrimitives.Divide(probabilities, totals, probabilities);
        }
        for (int row = 0; row < rows; row++) scratch[(int)labels[row] * rows + row] -= 1;
        for (int k = 0; k < Outputs; k++)
        {
            var residuals = scratch.Slice(k * rows, rows);
            block.AddTransposeProduct(residuals, sum.Slice(k * Width, Width));
            sum[WeightCount + k] += TensorPrimitives.Sum<double>(residuals);
        }
    }

    public override double[] StartIntercepts(PipelineFit fit) => [.. fit.ClassCounts.Select(count => Math.Log((double)count / fit.Rows))];

    public override double[] StartCurvatures(PipelineFit fit) =>
        [.. fit.ClassCounts.Select(count => (double)count / fit.Rows).Select(share => share * (1 - share))];
}
