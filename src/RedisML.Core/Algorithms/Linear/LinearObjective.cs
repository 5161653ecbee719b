using RedisML.Features;
using RedisML.Numerics;
using RedisML.Training;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Linear;

/// <summary>Least squares: a row's loss is half its squared error; what is reported is the mean squared error.</summary>
internal sealed class LinearObjective(EncodedLayout layout) : Objective(layout, outputs: 1)
{
    public override int ScratchPerRow => 2;

    public override double ReportedScale => 2;

    public override double[] StartIntercepts(PipelineFit fit) => [fit.LabelMoments.Mean];

    public override double[] StartCurvatures(PipelineFit fit) => [1];

    public override double Curvature(PipelineFit fit) => 1;

    public override double ParameterScale(PipelineFit fit) => fit.LabelMoments.Scale;

    protected override double AddGradient(
        EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> gradient, Span<double> scratch)
    {
        var residuals = scratch[..block.Rows];
        var derivatives = scratch.Slice(block.Rows, block.Rows);
        block.Multiply(parameters[..Width], parameters[Width], residuals);
        Lanes.AddScaled(residuals, -1, targets.Labels);
        residuals.CopyTo(derivatives);
        targets.Weigh(derivatives);
        block.AddTransposeProduct(derivatives, gradient[..Width]);
        gradient[Width] += Lanes.Sum(derivatives);
        return Lanes.Dot(residuals, derivatives) / 2;
    }
}
