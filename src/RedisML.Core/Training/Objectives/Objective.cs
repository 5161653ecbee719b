using RedisML.Features;

namespace RedisML.Training;

/// <summary>A model as parameters with a loss and a gradient. The sum over blocks is the gradient, then the loss.</summary>
/// <remarks>Parameters are the weights, [outputs, Width] in row order, then the intercepts, [outputs].</remarks>
internal abstract class Objective(EncodedLayout layout, int outputs) : IBlockTerm
{
    protected int Width { get; } = layout.Width;

    protected int Outputs { get; } = outputs;

    /// <summary>The number of weights, which are penalised and come before the intercepts.</summary>
    public int WeightCount => Outputs * Width;

    public int ParameterCount => WeightCount + Outputs;

    public int Length => ParameterCount + 1;

    public abstract int ScratchPerRow { get; }

    public abstract void Add(
        EncodedBlock block, ReadOnlySpan<double> labels, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch);

    /// <summary>The best intercept, or intercepts, where all weights are 0.</summary>
    public abstract double[] StartIntercepts(PipelineFit fit);

    /// <summary>For each output, the mean second derivative of a row's loss by the score, at the start.</summary>
    public abstract double[] StartCurvatures(PipelineFit fit);

    /// <summary>The figure that is reported: the mean loss of a row, without the penalty.</summary>
    public virtual double MeanLoss(double loss, long rows) => loss / rows;
}
