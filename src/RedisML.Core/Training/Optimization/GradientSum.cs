namespace RedisML.Training.Optimization;

/// <summary>What an objective adds up over rows: the gradient, then the loss, then the rows' weight.</summary>
internal readonly ref struct GradientSum(ReadOnlySpan<double> sum)
{
    readonly ReadOnlySpan<double> _sum = sum;

    public ReadOnlySpan<double> Gradient => _sum[..^2];

    public double Loss => _sum[^2];

    public double Weight => _sum[^1];
}
