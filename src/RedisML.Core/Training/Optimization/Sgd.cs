using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013, equations 1 and 2).</summary>
/// <remarks>
/// A gradient that is much longer than usual is shortened (Zhang et al., "Why gradient clipping accelerates training", 2020): a row far
/// from all others makes its batch steep, and momentum would carry the step across the valley again and again.
/// </remarks>
internal sealed class Sgd(double[] start, Penalty penalty, BatchPlan plan, double momentum) : BatchOptimizer(start, penalty, plan)
{
    const double LongestGradient = 8;
    const double LengthMemory = 0.99;

    readonly double[] _velocity = new double[start.Length];
    double _usualLength;

    protected override void Descend(ReadOnlySpan<double> gradient, double rate, Span<double> rates)
    {
        double length = Math.Sqrt(Lanes.Dot(gradient, gradient));
        double kept = _usualLength > 0 ? Math.Min(length, LongestGradient * _usualLength) : length;
        double step = length > kept ? rate * kept / length : rate;
        _usualLength = _usualLength > 0 ? LengthMemory * _usualLength + (1 - LengthMemory) * kept : kept;
        for (int i = 0; i < gradient.Length; i++)
        {
            _velocity[i] = momentum * _velocity[i] - step * gradient[i];
            Parameters[i] += _velocity[i];
        }
        // A push that lasts goes 1 / (1 − momentum) times as far.
        rates.Fill(rate / (1 - momentum));
    }

    protected override void WriteVariables(BinaryWriter writer)
    {
        base.WriteVariables(writer);
        writer.WriteVector(_velocity);
        writer.Write(_usualLength);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        base.ReadVariables(reader);
        reader.ReadVector(_velocity);
        _usualLength = reader.ReadDouble();
    }
}
