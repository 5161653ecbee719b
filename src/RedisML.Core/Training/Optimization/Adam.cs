using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>Adam (Kingma and Ba, 2015, algorithm 1).</summary>
internal sealed class Adam(double[] start, Penalty penalty, BatchPlan plan) : BatchOptimizer(start, penalty, plan)
{
    const double MeanDecay = 0.9;
    const double SquareDecay = 0.999;
    const double Epsilon = 1e-8;

    readonly double[] _means = new double[start.Length];
    readonly double[] _squares = new double[start.Length];

    // The decays to the power of the steps so far.
    double _meanPower = 1;
    double _squarePower = 1;

    protected override void Descend(ReadOnlySpan<double> gradient, double rate, Span<double> rates)
    {
        _meanPower *= MeanDecay;
        _squarePower *= SquareDecay;
        int i = Descend(Lanes.Of(gradient), rate, Lanes.Of(rates)) * Lanes.Count;
        for (; i < gradient.Length; i++)
        {
            double derivative = gradient[i];
            _means[i] = MeanDecay * _means[i] + (1 - MeanDecay) * derivative;
            _squares[i] = SquareDecay * _squares[i] + (1 - SquareDecay) * derivative * derivative;
            rates[i] = rate / (Math.Sqrt(_squares[i] / (1 - _squarePower)) + Epsilon);
            Parameters[i] -= rates[i] * _means[i] / (1 - _meanPower);
        }
    }

    /// <summary>The same for eight at once.</summary>
    /// <returns>How many eights.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int Descend(ReadOnlySpan<Vector512<double>> gradient, double rate, Span<Vector512<double>> rates)
    {
        var means = Lanes.Of(_means.AsSpan());
        var squares = Lanes.Of(_squares.AsSpan());
        var parameters = Lanes.Of(Parameters.AsSpan());
        var (meanRest, squareRest) = (Vector512.Create(1 - _meanPower), Vector512.Create(1 - _squarePower));
        for (int i = 0; i < gradient.Length; i++)
        {
            var derivative = gradient[i];
            means[i] = MeanDecay * means[i] + (1 - MeanDecay) * derivative;
            squares[i] = SquareDecay * squares[i] + (1 - SquareDecay) * derivative * derivative;
            rates[i] = Vector512.Create(rate) / (Vector512.Sqrt(squares[i] / squareRest) + Vector512.Create(Epsilon));
            parameters[i] -= rates[i] * means[i] / meanRest;
        }
        return gradient.Length;
    }

    protected override void WriteVariables(BinaryWriter writer)
    {
        base.WriteVariables(writer);
        writer.WriteVector(_means);
        writer.WriteVector(_squares);
        writer.Write(_meanPower);
        writer.Write(_squarePower);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        base.ReadVariables(reader);
        reader.ReadVector(_means);
        reader.ReadVector(_squares);
        _meanPower = reader.ReadDouble();
        _squarePower = reader.ReadDouble();
    }
}
