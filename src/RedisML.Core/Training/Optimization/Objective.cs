using RedisML.Features;

namespace RedisML.Training.Optimization;

/// <summary>A model as parameters with a loss and a gradient. The sum over rows is the gradient, then the loss,
/// then the rows' weight.</summary>
/// <remarks>Parameters are the weights, [outputs, Width] in row order, then the intercepts, [outputs].</remarks>
internal abstract class Objective(EncodedLayout layout, int outputs) : IBlockTerm
{
    protected int Width { get; } = layout.Width;

    protected int Outputs { get; } = outputs;

    /// <summary>The number of weights, which are penalised and come before the intercepts.</summary>
    public virtual int WeightCount => Outputs * Width;

    public virtual int ParameterCount => WeightCount + Outputs;

    public int Length => ParameterCount + 2;

    public abstract int ScratchPerRow { get; }

    /// <summary>What the mean loss of a row is multiplied by to be the figure that is reported.</summary>
    public virtual double ReportedScale => 1;

    public void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        sum[ParameterCount] += AddGradient(block, targets, parameters, sum[..ParameterCount], scratch);
        sum[ParameterCount + 1] += targets.TotalWeight;
    }

    public bool IsFinite(ReadOnlySpan<double> sum) => double.IsFinite(sum[ParameterCount]);

    /// <summary>The parameters to start from: weights of 0, and the best intercepts.</summary>
    public virtual double[] Start(PipelineFit fit) => [.. new double[WeightCount], .. StartIntercepts(fit)];

    /// <summary>The best intercept, or intercepts, where all weights are 0.</summary>
    public abstract double[] StartIntercepts(PipelineFit fit);

    /// <summary>For each output, the mean second derivative of a row's loss by the score, at the start.</summary>
    public abstract double[] StartCurvatures(PipelineFit fit);

    /// <summary>The most that the second derivative of a row's loss by a score can be; of counts, which have no such limit,
    /// at the start.</summary>
    public abstract double Curvature(PipelineFit fit);

    /// <summary>The size that parameters are of: the unit of the label's, where it has one.</summary>
    public virtual double ParameterScale(PipelineFit fit) => 1;

    /// <summary>Adds the gradient of a block's loss to <paramref name="gradient"/>.</summary>
    /// <returns>The loss.</returns>
    protected abstract double AddGradient(
        EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> gradient, Span<double> scratch);
}
