using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Features;
using RedisML.Numerics;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Linear;

/// <summary>Poisson regression, of counts or rates: the logarithm of what is expected is linear.
/// A row's loss is half its deviance.</summary>
/// <remarks>With z the score: y·ln y − y − y·z + eᶻ, which is 0 where eᶻ = y. What is reported is the mean deviance.</remarks>
internal sealed class PoissonObjective(EncodedLayout layout) : Objective(layout, outputs: 1)
{
    public override int ScratchPerRow => 3;

    public override double ReportedScale => 2;

    public override double[] StartIntercepts(PipelineFit fit) => [Math.Log(fit.LabelMoments.Mean)];

    public override double[] StartCurvatures(PipelineFit fit) => [fit.LabelMoments.Mean];

    public override double Curvature(PipelineFit fit) => fit.LabelMoments.Mean;

    protected override double AddGradient(
        EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> gradient, Span<double> scratch)
    {
        int padded = Lanes.RoundUp(block.Rows);
        var scores = scratch[..padded];
        var labels = scratch.Slice(padded, padded);
        var losses = scratch.Slice(2 * padded, padded);
        block.Multiply(parameters[..Width], parameters[Width], scores[..block.Rows]);
        scores[block.Rows..].Clear();
        targets.Labels.CopyTo(labels);
        labels[block.Rows..].Clear();
        Differentiate(scores, labels, losses);

        var derivatives = scores[..block.Rows];
        targets.Weigh(derivatives);
        block.AddTransposeProduct(derivatives, gradient[..Width]);
        gradient[Width] += Lanes.Sum(derivatives);
        return targets.Weights.IsEmpty ? Lanes.Sum(losses[..block.Rows]) : Lanes.Dot(losses[..block.Rows], targets.Weights);
    }

    /// <summary>Replaces the scores by the derivatives of the loss, eᶻ − y. All lengths are a multiple of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Differentiate(Span<double> scores, ReadOnlySpan<double> labels, Span<double> losses)
    {
        for (int row = 0; row < labels.Length; row++) losses[row] = labels[row] > 0 ? labels[row] * Math.Log(labels[row]) : 0;
        var z = Lanes.Of(scores);
        var y = Lanes.Of(labels);
        var loss = Lanes.Of(losses);
        for (int i = 0; i < z.Length; i++)
        {
            var exp = Lanes.ExpOfNonPositive(-Vector512.Abs(z[i]));
            exp = Vector512.ConditionalSelect(Vector512.GreaterThan(z[i], Vector512<double>.Zero), Vector512<double>.One / exp, exp);
            var derivative = exp - y[i];
            loss[i] += derivative - y[i] * z[i];
            z[i] = derivative;
        }
    }
}
