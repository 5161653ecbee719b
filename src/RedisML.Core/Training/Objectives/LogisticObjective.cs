using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RedisML.Features;

namespace RedisML.Training;

/// <summary>Binary logistic regression: a row's loss is its negative log likelihood. Labels are 0 and 1.</summary>
internal sealed class LogisticObjective(EncodedLayout layout) : Objective(layout, outputs: 1)
{
    public override int ScratchPerRow => 1;

    public override void Add(
        EncodedBlock block, ReadOnlySpan<double> labels, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        var scores = scratch[..block.Rows];
        block.Multiply(parameters[..Width], parameters[Width], scores);
        sum[Width + 1] += Differentiate(scores, labels);
        block.AddTransposeProduct(scores, sum[..Width]);
        sum[Width] += TensorPrimitives.Sum<double>(scores);
    }

    public override double[] StartIntercepts(PipelineFit fit) => [Math.Log((double)fit.ClassCounts[1] / fit.ClassCounts[0])];

    public override double[] StartCurvatures(PipelineFit fit)
    {
        double positive = (double)fit.ClassCounts[1] / fit.Rows;
        return [positive * (1 - positive)];
    }

    /// <summary>Replaces the scores of a block by the derivatives of the loss.</summary>
    /// <returns>The loss.</returns>
    /// <remarks>
    /// With s = 1 − 2y and m = s·z the loss is ln(1 + eᵐ) = max(m, 0) + ln(1 + e^−|m|), exact for any m, and its derivative
    /// s·σ(m). The logarithm is taken of the product over a block, which is below 2^(rows / 8) in each lane.
    /// </remarks>
    static double Differentiate(Span<double> scores, ReadOnlySpan<double> labels)
    {
        var one = Vector512<double>.One;
        var product = one;
        var loss = Vector512<double>.Zero;
        ref double score = ref MemoryMarshal.GetReference(scores);
        ref double label = ref MemoryMarshal.GetReference(labels);
        int row = 0;
        for (; row <= scores.Length - Vector512<double>.Count; row += Vector512<double>.Count)
        {
            var sign = one - 2 * Vector512.LoadUnsafe(ref label, (nuint)row);
            var margin = sign * Vector512.LoadUnsafe(ref score, (nuint)row);
            var exp = Vector512.Exp(-Vector512.Abs(margin));
            var denominator = one + exp;
            product *= denominator;
            loss += Vector512.Max(margin, Vector512<double>.Zero);
            var numerator = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(margin, Vector512<double>.Zero), one, exp);
            (sign * numerator / denominator).StoreUnsafe(ref score, (nuint)row);
        }
        double sum = Vector512.Sum(loss) + Vector512.Sum(Vector512.Log(product));
        for (; row < scores.Length; row++)
        {
            double sign = 1 - 2 * labels[row], margin = sign * scores[row], exp = Math.Exp(-Math.Abs(margin));
            sum += Math.Max(margin, 0) + Math.Log(1 + exp);
            scores[row] = sign * (margin >= 0 ? 1 : exp) / (1 + exp);
        }
        return sum;
    }
}
