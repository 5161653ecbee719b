using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>L-BFGS.</summary>
/// <remarks>
/// Nocedal and Wright, "Numerical Optimization" (2006), algorithms 7.4 and 7.5, with a preconditioner as the initial Hessian. The
/// line search, for the weak Wolfe conditions, brackets by sufficient decrease and slope (Lewis and Overton, 2013) and picks
/// points by cubic interpolation. An evaluation is a step.
/// </remarks>
internal sealed class Lbfgs : Optimizer
{
    const int HistoryLength = 10;
    const int MaxSearchEvaluations = 20;
    const double SufficientDecrease = 1e-4;
    const double CurvatureFraction = 0.9;
    const double Rounding = 1e-14;

    Preconditioner _preconditioner;
    readonly int _maxIterations;
    readonly double _tolerance;

    // The last accepted iterate, the direction from there, and the point of the line search.
    readonly double[] _base;
    readonly double[] _gradient;
    readonly double[] _direction;
    readonly double[] _point;
    readonly List<Correction> _history = [];
    readonly double[] _alphas = new double[HistoryLength];
    double _slope;
    double _step;
    Trial _low;
    Trial? _high;
    int _searchEvaluations;

    public Lbfgs(double[] start, Preconditioner preconditioner, int maxIterations, double tolerance)
    {
        (_preconditioner, _maxIterations, _tolerance) = (preconditioner, maxIterations, tolerance);
        _point = [.. start];
        _base = [.. start];
        _gradient = new double[start.Length];
        _direction = new double[start.Length];
    }

    public override ReadOnlyMemory<double> Point => _point;

    public override ReadOnlyMemory<double> Solution => _base;

    protected override void Move(double loss, ReadOnlySpan<double> gradient)
    {
        if (Evaluations == 1)
        {
            gradient.CopyTo(_gradient);
            Loss = loss;
            Search();
            return;
        }

        var trial = new Trial(_step, loss, Lanes.Dot(gradient, _direction));
        double decrease = Loss + SufficientDecrease * _step * _slope + Rounding * Math.Abs(Loss);
        if (loss > decrease) _high = trial;
        else if (trial.Slope < CurvatureFraction * _slope) _low = trial;
        else
        {
            Accept(loss, gradient);
            return;
        }
        if (++_searchEvaluations < MaxSearchEvaluations) MoveTo(NextStep());
        else Restart();
    }

    protected override void WriteConstant(BinaryWriter writer) => _preconditioner.Write(writer);

    protected override void ReadConstant(BinaryReader reader) => _preconditioner = Preconditioner.Read(reader, _base.Length);

    protected override void WriteChanging(BinaryWriter writer)
    {
        writer.WriteVector(_base);
        writer.WriteVector(_gradient);
        writer.WriteVector(_direction);
        writer.WriteVector(_point);
        writer.Write(_slope);
        writer.Write(_step);
        _low.Write(writer);
        writer.Write(_high.HasValue);
        _high?.Write(writer);
        writer.Write(_searchEvaluations);
        writer.Write(_history.Count);
        foreach (var correction in _history) correction.Write(writer);
    }

    protected override void ReadChanging(BinaryReader reader)
    {
        reader.ReadVector(_base);
        reader.ReadVector(_gradient);
        reader.ReadVector(_direction);
        reader.ReadVector(_point);
        _slope = reader.ReadDouble();
        _step = reader.ReadDouble();
        _low = Trial.Read(reader);
        _high = reader.ReadBoolean() ? Trial.Read(reader) : null;
        _searchEvaluations = reader.ReadInt32();
        int count = reader.ReadInt32();
        if (count is < 0 or > HistoryLength) throw new InvalidDataException();
        _history.Clear();
        for (int i = 0; i < count; i++) _history.Add(Correction.Read(reader, _base.Length));
    }

    void Accept(double loss, ReadOnlySpan<double> gradient)
    {
        var correction = _history.Count < HistoryLength ? new Correction(_base.Length) : _history[0];
        for (int i = 0; i < _base.Length; i++)
        {
            correction.Step[i] = _point[i] - _base[i];
            correction.Change[i] = gradient[i] - _gradient[i];
        }
        correction.Curvature = Lanes.Dot(correction.Step, correction.Change);
        if (_history.Count == HistoryLength) _history.RemoveAt(0);
        if (correction.Curvature > 0)
        {
            correction.Change.CopyTo(_direction, 0); // free until the next search
            _preconditioner.Apply(_direction);
            correction.Scale = correction.Curvature / Lanes.Dot(correction.Change, _direction);
            _history.Add(correction);
        }
        _point.CopyTo(_base, 0);
        gradient.CopyTo(_gradient);
        Loss = loss;
        Iterations++;
        Search();
    }

    /// <summary>Starts a line search from the accepted iterate, unless it is good enough.</summary>
    void Search()
    {
        SetDirection();
        _slope = Lanes.Dot(_gradient, _direction);
        if (-_slope / 2 <= _tolerance * Math.Abs(Loss)) State = OptimizerState.Converged;
        else if (Iterations == _maxIterations) State = OptimizerState.IterationLimit;
        else if (!(_slope < 0)) Restart();
        else
        {
            _low = new Trial(0, Loss, _slope);
            _high = null;
            _searchEvaluations = 0;
            MoveTo(1);
        }
    }

    /// <summary>Forgets the history, whose direction led nowhere, and searches from the same iterate again.</summary>
    void Restart()
    {
        if (_history.Count == 0)
        {
            State = OptimizerState.Stalled;
            return;
        }
        _history.Clear();
        Search();
    }

    /// <summary>The direction is minus the gradient times the estimate of the inverse Hessian.</summary>
    void SetDirection()
    {
        for (int i = 0; i < _direction.Length; i++) _direction[i] = -_gradient[i];
        for (int i = _history.Count - 1; i >= 0; i--)
        {
            var correction = _history[i];
            _alphas[i] = Lanes.Dot(correction.Step, _direction) / correction.Curvature;
            Lanes.AddScaled(_direction, -_alphas[i], correction.Change);
        }
        _preconditioner.Apply(_direction);
        double scale = _history.Count > 0 ? _history[^1].Scale : 1;
        foreach (ref double value in _direction.AsSpan()) value *= scale;
        for (int i = 0; i < _history.Count; i++)
        {
            var correction = _history[i];
            double beta = Lanes.Dot(correction.Change, _direction) / correction.Curvature;
            Lanes.AddScaled(_direction, _alphas[i] - beta, correction.Step);
        }
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

    /// <summary>What one iteration tells of the curvature.</summary>
    sealed class Correction(int length)
    {
        public readonly double[] Step = new double[length];
        public readonly double[] Change = new double[length];

        /// <summary>The inner product of the two.</summary>
        public double Curvature;

        /// <summary>What the preconditioner must be multiplied by to fit the curvature.</summary>
        public double Scale;

        public void Write(BinaryWriter writer)
        {
            writer.WriteVector(Step);
            writer.WriteVector(Change);
            writer.Write(Curvature);
            writer.Write(Scale);
        }

        public static Correction Read(BinaryReader reader, int length)
        {
            var correction = new Correction(length);
            reader.ReadVector(correction.Step);
            reader.ReadVector(correction.Change);
            correction.Curvature = reader.ReadDouble();
            correction.Scale = reader.ReadDouble();
            return correction;
        }
    }
}
