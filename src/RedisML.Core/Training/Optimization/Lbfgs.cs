using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>L-BFGS.</summary>
/// <remarks>
/// Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.5, with a preconditioner as the initial Hessian. The line search,
/// for the weak Wolfe conditions, brackets by sufficient decrease and slope (Lewis and Overton, 2013) and picks points by cubic
/// interpolation. An evaluation is a step.
/// </remarks>
internal sealed class Lbfgs(double[] start, Preconditioner preconditioner, Penalty penalty, int maxIterations, double tolerance)
    : QuasiNewton(start, preconditioner, penalty, maxIterations, tolerance)
{
    const int MaxSearchEvaluations = 20;
    const double CurvatureFraction = 0.9;

    double _slope;
    Sample _low;
    Sample? _high;
    int _searchEvaluations;

    protected override void WriteVariables(BinaryWriter writer)
    {
        base.WriteVariables(writer);
        writer.Write(_slope);
        _low.Write(writer);
        writer.Write(_high.HasValue);
        _high?.Write(writer);
        writer.Write(_searchEvaluations);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        base.ReadVariables(reader);
        _slope = reader.ReadDouble();
        _low = Sample.Read(reader);
        _high = reader.ReadBoolean() ? Sample.Read(reader) : null;
        _searchEvaluations = reader.ReadInt32();
    }

    protected override bool Accepts(double objective)
    {
        var sample = new Sample(Step, objective, Lanes.Dot(TrialGradient, Direction));
        if (objective > Objective + SufficientDecrease * Step * _slope + Rounding * Math.Abs(Objective)) _high = sample;
        else if (sample.Slope < CurvatureFraction * _slope) _low = sample;
        else return true;
        if (++_searchEvaluations < MaxSearchEvaluations) MoveTo(NextStep());
        else Restart();
        return false;
    }

    protected override void Search()
    {
        for (int i = 0; i < Direction.Length; i++) Direction[i] = -Gradient[i];
        History.Apply(Direction);
        _slope = Lanes.Dot(Gradient, Direction);
        if (IsSmall(_slope)) State = OptimizerState.Converged;
        else if (IsLastIteration) State = OptimizerState.IterationLimit;
        else if (!(_slope < 0)) Restart();
        else
        {
            _low = new Sample(0, Objective, _slope);
            _high = null;
            _searchEvaluations = 0;
            MoveTo(1);
        }
    }

    double NextStep()
    {
        if (_high is not { } high)
        {
            // Where the slope would be 0, were it linear from here on; at least half as far again, at most ten times as far.
            double secant = _low.Step * _slope / (_slope - _low.Slope);
            return Math.Clamp(secant, 1.5 * _low.Step, 10 * _low.Step);
        }
        double width = high.Step - _low.Step;
        double inner = Cubic(_low, high);
        double margin = 0.1 * width;
        return inner >= _low.Step + margin && inner <= high.Step - margin ? inner : _low.Step + width / 2;
    }

    /// <summary>
    /// The minimum of the cubic with the objectives and slopes of two points (Nocedal and Wright, equation 3.59); NaN where it has none.
    /// </summary>
    static double Cubic(Sample a, Sample b)
    {
        double d1 = a.Slope + b.Slope - 3 * (a.Objective - b.Objective) / (a.Step - b.Step);
        double d2 = Math.Sqrt(d1 * d1 - a.Slope * b.Slope);
        return b.Step - (b.Step - a.Step) * (b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2);
    }

    /// <summary>The objective and its slope at a point along the direction.</summary>
    readonly record struct Sample(double Step, double Objective, double Slope)
    {
        public void Write(BinaryWriter writer)
        {
            writer.Write(Step);
            writer.Write(Objective);
            writer.Write(Slope);
        }

        public static Sample Read(BinaryReader reader) => new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
    }
}
