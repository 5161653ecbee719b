namespace RedisML.Training;

/// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013, equations 1 and 2).</summary>
internal sealed class Sgd(double[] start, Penalty penalty, BatchPlan plan, double momentum) : BatchOptimizer(start, penalty, plan)
{
    readonly double[] _velocity = new double[start.Length];

    protected override void Descend(ReadOnlySpan<double> gradient, double rate, Span<double> rates)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            _velocity[i] = momentum * _velocity[i] - rate * gradient[i];
            Parameters[i] += _velocity[i];
        }
        // A push that lasts goes 1 / (1 − momentum) times as far.
        rates.Fill(rate / (1 - momentum));
    }

    protected override void WriteVariables(BinaryWriter writer)
    {
        base.WriteVariables(writer);
        writer.WriteVector(_velocity);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        base.ReadVariables(reader);
        reader.ReadVector(_velocity);
    }
}
