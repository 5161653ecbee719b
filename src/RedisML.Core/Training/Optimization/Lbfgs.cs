using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>L-BFGS.</summary>
/// <remarks>
/// Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.5, with a preconditioner as the initial Hessian. The line search, for the weak Wolfe conditions, brackets by sufficient decrease and slope (Lewis and Overton, 2013) and picks
/// points by cubic interpolation. An evaluation is a step.
/// </remarks>
internal sealed class Lbfgs : Optimizer
{
    const int MaxSearchEvaluations = 20;
    const double SufficientDecrease = 1e-4;
    const double CurvatureFraction = 0.9;
    const double Rounding = 1e-14;

    readonly Penalty _penalty;
    readonly int _maxIterations;
    readonly double _tolerance;

    // The last accepted iterate, the direction from there, and the point of the line search.
    readonly double[] _base;
    readonly double[] _gradient;
    readonly double[] _direction;
    readonly double[] _point;
    readonly double[] _trialGradient;
    readonly CurvatureHistory _history;
    double _objective;
    double _slope;
    double _step;
    Trial _low;
    Trial? _high;
    int _searchEvaluations;

    public Lbfgs(double[] start, Preconditioner preconditioner, Penalty penalty, int maxIterations, double tolerance)
    {
        (_penalty, _maxIterations, _tolerance) = (penalty, maxIterations, tolerance);
        _history = new(start.Length, preconditioner);
        _point = [.. start];
        _base = [.. start];
        _gradient = new double[start.Length];
        _trialGradient = new double[start.Length];
        _direction = new double[start.Length];
    }

    public override ReadOnlyMemory<double> Point => _point;

    public override ReadOnlyMemory<double> Solution => _base;

    protected override void Move(double loss, ReadOnlySpan<double> gradient, double weight)
    {
        double objective = loss + _penalty.Of(_point);
        gradient.CopyTo(_trialGradient);
        _penalty.AddGradient(_point, _trialGradient);
        if (Evaluations == 1)
        {
            _trialGradient.CopyTo(_gradient, 0);
            _objective = objective;
            Loss = loss / weight;
            Search();
            return;
        }

        var trial = new Trial(_step, objective, Lanes.Dot(_trialGradient, _direction));
        double decrease = _objective + SufficientDecrease * _step * _slope + Rounding * Math.Abs(_objective);
        if (objective > decrease) _high = trial;
        else if (trial.Slope < CurvatureFraction * _slope) _low = trial;
        else
        {
            Loss = loss / weight;
            Accept(objective);
            return;
        }
        if (++_searchEvaluations < MaxSearchEvaluations) MoveTo(NextStep());
        else Restart();
    }

    public override void WriteConstant(BinaryWriter writer) => _history.WritePreconditioner(writer);

    public override void ReadConstant(BinaryReader reader) => _history.ReadPreconditioner(reader);

    protected override void WriteVariables(BinaryWriter writer)
    {
        writer.WriteVector(_base);
        writer.WriteVector(_gradient);
        writer.WriteVector(_direction);
        writer.WriteVector(_point);
        writer.Write(_objective);
        writer.Write(_slope);
        writer.Write(_step);
        _low.Write(writer);
        writer.Write(_high.HasValue);
        _high?.Write(writer);
        writer.Write(_searchEvaluations);
        _history.Write(writer);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        reader.ReadVector(_base);
        reader.ReadVector(_gradient);
        reader.ReadVector(_direction);
        reader.ReadVector(_point);
        _objective = reader.ReadDouble();
        _slope = reader.ReadDouble();
        _step = reader.ReadDouble();
        _low = Trial.Read(reader);
        _high = reader.ReadBoolean() ? Trial.Read(reader) : null;
        _searchEvaluations = reader.ReadInt32();
        _history.Read(reader);
    }

    void Accept(double objective)
    {
        _history.Add(_base, _point, _gradient, _trialGradient);
        _point.CopyTo(_base, 0);
        _trialGradient.CopyTo(_gradient, 0);
        _objective = objective;
        Iterations++;
        Search();
    }

    /// <summary>Starts a line search from the accepted iterate, unless it is good enough.</summary>
    void Search()
    {
        for (int i = 0; i < _direction.Length; i++) _direction[i] = -_gradient[i];
        _history.Apply(_direction);
        _slope = Lanes.Dot(_gradient, _direction);
        if (-_slope / 2 <= _tolerance * Math.Abs(_objective)) State = OptimizerState.Converged;
        else if (Iterations == _maxIterations) State = OptimizerState.IterationLimit;
        else if (!(_slope < 0)) Restart();
        else
        {
            _low = new Trial(0, _objective, _slope);
            _high = null;
            _searchEvaluations = 0;
            MoveTo(1);
        }
    }

    /// <summary>Forgets the history, whose direction led nowhere, and searches from the same iterate again.</summary>
    void Restart()
    {
        if (_history.IsEmpty)
        {
            State = OptimizerState.Stalled;
            return;
        }
        _history.Clear();
        Search();
    }

    void MoveTo(double step)
    {
        _step = step;
        _base.CopyTo(_point, 0);
        Lanes.AddScaled(_point, step, _direction);
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

    /// <summary>The minimum of the cubic with the losses and slopes of two trials (Nocedal and Wright, equation 3.59); NaN where it has none.</summary>
    static double Cubic(Trial a, Trial b)
    {
        double d1 = a.Slope + b.Slope - 3 * (a.Loss - b.Loss) / (a.Step - b.Step);
        double d2 = Math.Sqrt(d1 * d1 - a.Slope * b.Slope);
        return b.Step - (b.Step - a.Step) * (b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2);
    }

    readonly record struct Trial(double Step, double Loss, double Slope)
    {
        public void Write(BinaryWriter writer)
        {
            writer.Write(Step);
            writer.Write(Loss);
            writer.Write(Slope);
        }

        public static Trial Read(BinaryReader reader) => new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
    }
}
