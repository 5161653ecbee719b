using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>Least squares: a row's loss is half its squared error.</summary>
internal sealed class LinearObjective(EncodedLayout layout) : Objective(layout, outputs: 1)
{
    public override int ScratchPerRow => 1;

    public override void Add(
        EncodedBlock block, ReadOnlySpan<double> labels, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        var residuals = scratch[..block.Rows];
        block.Multiply(parameters[..Width], parameters[Width], residuals);
        Lanes.AddScaled(residuals, -1, labels);
        block.AddTransposeProduct(residuals, sum[..Width]);
        sum[Width] += Lanes.Sum(residuals);
        sum[Width + 1] += Lanes.Dot(residuals, residuals) / 2;
    }

    public override double[] StartIntercepts(PipelineFit fit) => [fit.LabelMoments.Mean];

    public override double[] StartCurvatures(PipelineFit fit) => [1];

    /// <summary>The mean squared error.</summary>
    public override double MeanLoss(double loss, long rows) => 2 * loss / rows;
}
