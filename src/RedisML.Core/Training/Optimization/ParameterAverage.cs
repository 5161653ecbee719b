namespace RedisML.Training.Optimization;

/// <summary>No gradients: in each pass, parameters that were trained on parts of the rows are averaged by the rows'
/// weight (McMahan et al., 2017).</summary>
internal sealed class ParameterAverage(double[] start, int epochs) : Optimizer
{
    readonly double[] _parameters = [.. start];

    public override ReadOnlyMemory<double> Point => _parameters;

    public override ReadOnlyMemory<double> Solution => _parameters;

    public override RowSelection Rows => new(RowSet.Batch, Iterations);

    protected override void Move(double loss, ReadOnlySpan<double> gradient, double weight)
    {
        for (int i = 0; i < _parameters.Length; i++) _parameters[i] = gradient[i] / weight;
        Loss = loss / weight;
        if (++Iterations == epochs) State = OptimizerState.Completed;
    }

    protected override void WriteVariables(BinaryWriter writer) => writer.WriteVector(_parameters);

    protected override void ReadVariables(BinaryReader reader) => reader.ReadVector(_parameters);
}
