namespace RedisML.Training.Optimization;

/// <summary>
/// Judges each iteration of another optimizer by the loss of the validation rows, where there are any, and keeps the best; its last
/// step takes the loss of all training rows there.
/// </summary>
/// <param name="patience">After how many iterations without a better one it ends; null without validation rows.</param>
internal sealed class MonitoredOptimizer(Optimizer inner, int? patience) : Optimizer
{
    readonly double[] _best = inner.Solution.ToArray();
    Phase _phase;
    OptimizerState _end;
    double _validationLoss = double.NaN;
    int _unimproved;

    enum Phase : byte
    {
        Training,
        Validating,
        Final,
    }

    public override ReadOnlyMemory<double> Point => _phase switch
    {
        Phase.Training => inner.Point,
        Phase.Validating => inner.Solution,
        _ => _best,
    };

    public override RowSelection Rows => _phase switch
    {
        Phase.Training => inner.Rows,
        Phase.Validating => RowSelection.Validation,
        _ => RowSelection.All,
    };

    public override ReadOnlyMemory<double> Solution => _best;

    public override double ValidationLoss => _validationLoss;

    protected override void Move(double loss, ReadOnlySpan<double> gradient, double weight)
    {
        switch (_phase)
        {
            case Phase.Training:
                inner.Advance(loss, gradient, weight);
                bool isJudged = inner.Iterations > Iterations || inner.State != OptimizerState.Running;
                (Iterations, Loss) = (inner.Iterations, inner.Loss);
                if (!isJudged) return;
                if (patience is not null) _phase = Phase.Validating;
                else
                {
                    Keep();
                    GoOn();
                }
                break;
            case Phase.Validating:
                double mean = loss / weight;
                if (!(mean >= _validationLoss))
                {
                    _validationLoss = mean;
                    _unimproved = 0;
                    Keep();
                }
                else if (++_unimproved >= patience)
                {
                    _end = OptimizerState.EarlyStopped;
                    _phase = Phase.Final;
                    return;
                }
                GoOn();
                break;
            default:
                Loss = loss / weight;
                State = _end;
                break;
        }
    }

    public override void WriteConstant(BinaryWriter writer) => inner.WriteConstant(writer);

    public override void ReadConstant(BinaryReader reader) => inner.ReadConstant(reader);

    protected override void WriteVariables(BinaryWriter writer)
    {
        inner.WriteChanging(writer);
        writer.WriteVector(_best);
        writer.Write((byte)_phase);
        writer.Write((byte)_end);
        writer.Write(_validationLoss);
        writer.Write(_unimproved);
    }

    protected override void ReadVariables(BinaryReader reader)
    {
        inner.ReadChanging(reader);
        reader.ReadVector(_best);
        _phase = (Phase)reader.ReadByte();
        _end = (OptimizerState)reader.ReadByte();
        _validationLoss = reader.ReadDouble();
        _unimproved = reader.ReadInt32();
    }

    void Keep() => inner.Solution.CopyTo(_best);

    void GoOn()
    {
        _end = inner.State;
        _phase = inner.State == OptimizerState.Running ? Phase.Training : Phase.Final;
    }
}
