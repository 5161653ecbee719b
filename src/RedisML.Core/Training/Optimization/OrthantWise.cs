using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>L-BFGS for a penalty that has L1 in it, which has no gradient where a weight is 0.</summary>
/// <remarks>
/// OWL-QN (Andrew and Gao, "Scalable training of L1-regularized log-linear models", 2007): the direction comes from the gradient of the
/// orthant that descent leads into, and points stay in that orthant, so that weights become 0 exactly. The preconditioner must be
/// diagonal, or the direction says nothing of the orthant.
/// </remarks>
internal sealed class OrthantWise : Optimizer
{
    const int MaxSearchEvaluations = 30;
    const double SufficientDecrease = 1e-4;
    const double Rounding = 1e-14;

    readonly Penalty _penalty;
    readonly int _maxIterations;
    readonly double _tolerance;

    // The last accepted iterate, the gradient there without L1, that with it, the direction, and the point of the line search.
    readonly double[] _base;
    readonly double[] _gradient;
    readonly double[] _slopes;
    readonly double[] _direction;
    readonly double[] _point;
    readonly double[] _trialGradient;
    readonly CurvatureHistory _history;
    double _objective;
    double _step;
    int _searchEvaluations;

    public OrthantWise(double[] start, DiagonalPreconditioner preconditioner, Penalty penalty, int maxIterations, double tolerance)
    {
        (_penalty, _maxIterations, _tolerance) = (penalty, maxIterations, tolerance);
        _history = new(start.Length, preconditioner);
        _point = [.. start];
        _base = [.. start];
        _gradient = new double[start.Length];
        _slopes = new double[start.Length];
        _direction = new double[start.Length];
        _trialGradient = new double[start.Length];
    }

    public override ReadOnlyMemory<double> Point => _point;

    public override ReadOnlyMemory<double> Solution => _base;

    public override void WriteConstant(BinaryWriter writer) => _history.WritePreconditioner(writer);

    public override void ReadConstant(BinaryReader reader) => _history.ReadPreconditioner(reader);

    protected override void WriteVariables(BinaryWriter writer)
    {
        foreach (var vector in new[] { _base, _gradient, _slopes, _direction, _point }) writer.WriteVector(vector);
        writer.Write(_objective);
        writer.Write(_step);
        writer.Write(_searchEvaluations);
        _history.Write(writer);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        foreach (var vector in new[] { _base, _gradient, _slopes, _direction, _point }) reader.ReadVector(vector);
        _objective = reader.ReadDouble();
        _step = reader.ReadDouble();
        _searchEvaluations = reader.ReadInt32();
        _history.Read(reader);
    }

    protected override void Move(double loss, ReadOnlySpan<double> gradient, double weight)
    {
        double objective = loss + _penalty.Of(_point);
        gradient.CopyTo(_trialGradient);
        _penalty.AddGradient(_point, _trialGradient);
        if (Evaluations > 1)
        {
            double expected = 0;
            for (int i = 0; i < _point.Length; i++) expected += _slopes[i] * (_point[i] - _base[i]);
            if (objective > _objective + SufficientDecrease * expected + Rounding * Math.Abs(_objective))
            {
                if (++_searchEvaluations < MaxSearchEvaluations) MoveTo(_step / 2);
                else Restart();
                return;
            }
            _history.Add(_base, _point, _gradient, _trialGradient);
            _point.CopyTo(_base, 0);
            Iterations++;
        }
        _trialGradient.CopyTo(_gradient, 0);
        _objective = objective;
        Loss = loss / weight;
        Search();
    }

    /// <summary>Starts a line search from the accepted iterate, unless it is good enough.</summary>
    void Search()
    {
        SetDirection();
        double slope = Lanes.Dot(_slopes, _direction);
        bool isSmall = -slope / 2 <= _tolerance * Math.Abs(_objective);
        if (isSmall && _history.IsEmpty) State = OptimizerState.Converged;
        else if (Iterations == _maxIterations) State = OptimizerState.IterationLimit;
        else if (isSmall || !(slope < 0)) Restart(); // what the orthant cuts off may be the better part of the direction
        else
        {
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

    void SetDirection()
    {
        _gradient.CopyTo(_slopes, 0);
        for (int i = 0; i < _penalty.WeightCount; i++) _slopes[i] = Slope(_base[i], _gradient[i]);
        for (int i = 0; i < _direction.Length; i++) _direction[i] = -_slopes[i];
        _history.Apply(_direction);
        for (int i = 0; i < _penalty.WeightCount; i++)
        {
            if (_direction[i] * _slopes[i] >= 0) _direction[i] = 0;
        }
    }

    /// <summary>The derivative along the side on which the objective falls; 0 where it rises on both.</summary>
    double Slope(double weight, double derivative) =>
        weight > 0 || weight == 0 && derivative < -_penalty.L1 ? derivative + _penalty.L1
        : weight < 0 || weight == 0 && derivative > _penalty.L1 ? derivative - _penalty.L1
        : 0;

    void MoveTo(double step)
    {
        _step = step;
        _base.CopyTo(_point, 0);
        Lanes.AddScaled(_point, step, _direction);
        for (int i = 0; i < _penalty.WeightCount; i++)
        {
            double orthant = _base[i] != 0 ? _base[i] : -_slopes[i];
            if (_point[i] * orthant < 0) _point[i] = 0;
        }
    }
}
