using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>L-BFGS for a penalty that has L1 in it, which has no gradient where a weight is 0.</summary>
/// <remarks>
/// OWL-QN (Andrew and Gao, "Scalable training of L1-regularized log-linear models", 2007): the direction comes from the gradient of the
/// orthant that descent leads into, and points stay in that orthant, so that weights become 0 exactly. It differs from the paper in two
/// things. Weights other than 0 move as the curvature says, and not only where that has the sign of steepest descent: of columns that
/// tell much the same, many have the other sign. And the curvature is that of the weights that move. The preconditioner must be
/// diagonal: its direction, to which a line search that fails goes back, has the signs of steepest descent.
/// </remarks>
internal sealed class OrthantWise(double[] start, DiagonalPreconditioner preconditioner, Penalty penalty, int maxIterations,
    double tolerance)
    : QuasiNewton(start, preconditioner, penalty, maxIterations, tolerance)
{
    const int MaxSearchEvaluations = 30;

    /// <summary>The gradient at the accepted iterate with L1, within the orthant.</summary>
    readonly double[] _slopes = new double[start.Length];

    /// <summary>1 for what may move, 0 for the weights that are 0 and stay so.</summary>
    readonly double[] _free = new double[start.Length];
    int _searchEvaluations;

    protected override void WriteVariables(BinaryWriter writer)
    {
        base.WriteVariables(writer);
        writer.WriteVector(_slopes);
        writer.Write(_searchEvaluations);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        base.ReadVariables(reader);
        reader.ReadVector(_slopes);
        _searchEvaluations = reader.ReadInt32();
    }

    protected override bool Accepts(double objective)
    {
        double expected = 0;
        for (int i = 0; i < Trial.Length; i++) expected += _slopes[i] * (Trial[i] - Base[i]);
        if (objective <= Objective + SufficientDecrease * expected + Rounding * Math.Abs(Objective)) return true;
        if (++_searchEvaluations < MaxSearchEvaluations) MoveWithin(Step / 2);
        else Restart();
        return false;
    }

    protected override void Search()
    {
        SetDirection();
        double slope = Lanes.Dot(_slopes, Direction);
        bool isSmall = IsSmall(slope);
        if (isSmall && History.IsEmpty) State = OptimizerState.Converged;
        else if (IsLastIteration) State = OptimizerState.IterationLimit;
        else if (isSmall || !(slope < 0)) Restart(); // what the orthant cuts off may be the better part of the direction
        else
        {
            _searchEvaluations = 0;
            MoveWithin(1);
        }
    }

    void SetDirection()
    {
        Gradient.CopyTo(_slopes, 0);
        _free.AsSpan().Fill(1);
        for (int i = 0; i < Penalty.WeightCount; i++)
        {
            _slopes[i] = Slope(Base[i], Gradient[i]);
            if (Base[i] == 0 && _slopes[i] == 0) _free[i] = 0;
        }
        for (int i = 0; i < Direction.Length; i++) Direction[i] = -_slopes[i];
        History.Apply(Direction, _free);
        for (int i = 0; i < Penalty.WeightCount; i++)
        {
            // This part would lead out of its orthant.
            if (Base[i] == 0 && Direction[i] * _slopes[i] > 0) Direction[i] = 0;
        }
    }

    /// <summary>The derivative along the side on which the objective falls; 0 where it rises on both.</summary>
    double Slope(double weight, double derivative) =>
        weight > 0 || weight == 0 && derivative < -Penalty.L1 ? derivative + Penalty.L1
        : weight < 0 || weight == 0 && derivative > Penalty.L1 ? derivative - Penalty.L1
        : 0;

    /// <summary>Moves, and keeps to the orthant.</summary>
    void MoveWithin(double step)
    {
        MoveTo(step);
        var point = Trial;
        for (int i = 0; i < Penalty.WeightCount; i++)
        {
            double orthant = Base[i] != 0 ? Base[i] : -_slopes[i];
            if (point[i] * orthant < 0) point[i] = 0;
        }
    }
}
