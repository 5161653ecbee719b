using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>What L-BFGS and its variant for L1 have in common: an accepted iterate, a line search from it,
/// and what is known of the curvature.</summary>
internal abstract class QuasiNewton : Optimizer
{
    protected const double SufficientDecrease = 1e-4;
    protected const double Rounding = 1e-14;

    readonly int _maxIterations;
    readonly double _tolerance;
    readonly double[] _point;
    readonly double[] _trialGradient;

    protected QuasiNewton(double[] start, Preconditioner preconditioner, Penalty penalty, int maxIterations, double tolerance)
    {
        (Penalty, _maxIterations, _tolerance) = (penalty, maxIterations, tolerance);
        History = new(start.Length, preconditioner);
        _point = [.. start];
        Base = [.. start];
        Gradient = new double[start.Length];
        Direction = new double[start.Length];
        _trialGradient = new double[start.Length];
    }

    public override ReadOnlyMemory<double> Point => _point;

    public override ReadOnlyMemory<double> Solution => Base;

    protected Penalty Penalty { get; }

    protected CurvatureHistory History { get; }

    /// <summary>The last accepted iterate.</summary>
    protected double[] Base { get; }

    /// <summary>The gradient there, with those penalties that have one.</summary>
    protected double[] Gradient { get; }

    /// <summary>Where the line search leads from there.</summary>
    protected double[] Direction { get; }

    /// <summary>The point of the line search.</summary>
    protected Span<double> Trial => _point;

    /// <summary>The gradient there, as <see cref="Gradient"/> is.</summary>
    protected ReadOnlySpan<double> TrialGradient => _trialGradient;

    /// <summary>The loss and the penalties at <see cref="Base"/>.</summary>
    protected double Objective { get; private set; }

    /// <summary>How much of <see cref="Direction"/> leads to the point of the line search.</summary>
    protected double Step { get; private set; }

    public override void WriteConstant(BinaryWriter writer) => History.WritePreconditioner(writer);

    public override void ReadConstant(BinaryReader reader) => History.ReadPreconditioner(reader);

    protected override void WriteVariables(BinaryWriter writer)
    {
        foreach (var vector in new[] { Base, Gradient, Direction, _point }) writer.WriteVector(vector);
        writer.Write(Objective);
        writer.Write(Step);
        History.Write(writer);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        foreach (var vector in new[] { Base, Gradient, Direction, _point }) reader.ReadVector(vector);
        Objective = reader.ReadDouble();
        Step = reader.ReadDouble();
        History.Read(reader);
    }

    protected sealed override void Move(double loss, ReadOnlySpan<double> gradient, double weight)
    {
        double objective = loss + Penalty.Of(_point);
        gradient.CopyTo(_trialGradient);
        Penalty.AddGradient(_point, _trialGradient);
        if (Evaluations > 1)
        {
            if (!Accepts(objective)) return;
            History.Add(Base, _point, Gradient, _trialGradient);
            _point.CopyTo(Base, 0);
            Iterations++;
        }
        _trialGradient.CopyTo(Gradient, 0);
        Objective = objective;
        Loss = loss / weight;
        Search();
    }

    /// <summary>Whether the trial becomes the iterate; where not, moves to another or starts again.</summary>
    /// <param name="objective">The objective at the trial.</param>
    protected abstract bool Accepts(double objective);

    /// <summary>Starts a line search from the accepted iterate, unless it is good enough.</summary>
    protected abstract void Search();

    /// <summary>Whether so much, to be expected of the next step, is too little to go on for.</summary>
    protected bool IsSmall(double slope) => -slope / 2 <= _tolerance * Math.Abs(Objective);

    protected bool IsLastIteration => Iterations == _maxIterations;

    /// <summary>Forgets the history, whose direction led nowhere, and searches from the same iterate again.</summary>
    protected void Restart()
    {
        if (History.IsEmpty)
        {
            State = OptimizerState.Stalled;
            return;
        }
        History.Clear();
        Search();
    }

    protected void MoveTo(double step)
    {
        Step = step;
        Base.CopyTo(_point, 0);
        Lanes.AddScaled(_point, step, Direction);
    }
}
