using System.IO.Hashing;

namespace RedisML.Training;

/// <summary>How an optimization stands, or how it ended.</summary>
internal enum OptimizerState
{
    /// <summary>Wants the loss and the gradient at its point.</summary>
    Running,

    /// <summary>The loss is estimated to be within the tolerance of its minimum.</summary>
    Converged,

    /// <summary>Rounding errors leave nothing to be gained along any direction that it knows.</summary>
    Stalled,

    /// <summary>The iterations are used up.</summary>
    IterationLimit,
}

/// <summary>An optimization as a state machine: whoever drives it evaluates <see cref="Point"/> and calls <see cref="Advance"/>.</summary>
/// <remarks>
/// A call of <see cref="Advance"/> is a step, and all state is a function of the steps, in arithmetic that is the same to the bit on
/// every machine: replicas that are told the same stay the same, and one that reads the state of another goes on as it would.
/// </remarks>
internal abstract class Optimizer
{
    public OptimizerState State { get; protected set; }

    /// <summary>Where loss and gradient are wanted.</summary>
    public abstract ReadOnlyMemory<double> Point { get; }

    /// <summary>Of which rows.</summary>
    public virtual RowSelection Rows => RowSelection.All;

    /// <summary>The best parameters so far.</summary>
    public abstract ReadOnlyMemory<double> Solution { get; }

    /// <summary>The loss at <see cref="Solution"/>.</summary>
    public double Loss { get; protected set; }

    /// <summary>Improvements of the solution so far; for optimizers by batches, passes over the rows.</summary>
    public int Iterations { get; protected set; }

    /// <summary>Steps so far.</summary>
    public int Evaluations { get; private set; }

    /// <summary>XXH3 of the state, by which replicas are compared.</summary>
    public ulong Digest
    {
        get
        {
            var hash = new XxHash3();
            using var writer = new BinaryWriter(new HashStream(hash));
            WriteProgress(writer);
            WriteChanging(writer);
            return hash.GetCurrentHashAsUInt64();
        }
    }

    /// <summary>Takes the loss and the gradient at <see cref="Point"/>, and chooses the next one.</summary>
    /// <exception cref="RedisMLException"><c>LossNotFinite</c>.</exception>
    public void Advance(double loss, ReadOnlySpan<double> gradient)
    {
        Evaluations++;
        if (!double.IsFinite(loss))
        {
            throw new RedisMLException("LossNotFinite", ErrorKind.InvalidData,
                $"The loss isn't finite at step {Evaluations}; the last finite one was {Loss:G6}. Look for very large values in features or label.", Evaluations);
        }
        Move(loss, gradient);
    }

    /// <summary>Writes the complete state.</summary>
    public void WriteState(BinaryWriter writer)
    {
        WriteProgress(writer);
        WriteConstant(writer);
        WriteChanging(writer);
    }

    /// <summary>Goes on from where another optimizer, made with the same options for the same number of parameters, wrote its state.</summary>
    /// <exception cref="RedisMLException"><c>OptimizerStateInvalid</c>: it is the state of another kind of optimizer, or cut off.</exception>
    public void ReadState(BinaryReader reader)
    {
        try
        {
            if (reader.ReadString() != Kind) throw new InvalidDataException();
            State = (OptimizerState)reader.ReadByte();
            Loss = reader.ReadDouble();
            Iterations = reader.ReadInt32();
            Evaluations = reader.ReadInt32();
            ReadConstant(reader);
            ReadChanging(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new RedisMLException("OptimizerStateInvalid", ErrorKind.InvalidData,
                $"The saved state isn't one of {Kind} for this model, or it is cut off.", Kind, e);
        }
    }

    /// <summary>Which optimizer it is, so that the state of another isn't read.</summary>
    protected virtual string Kind => GetType().Name;

    /// <summary>A step, the loss being finite.</summary>
    protected abstract void Move(double loss, ReadOnlySpan<double> gradient);

    /// <summary>Writes what no step changes and the options don't tell; the digest leaves it out.</summary>
    protected virtual void WriteConstant(BinaryWriter writer)
    {
    }

    protected virtual void ReadConstant(BinaryReader reader)
    {
    }

    /// <summary>Writes what steps change.</summary>
    protected abstract void WriteChanging(BinaryWriter writer);

    protected abstract void ReadChanging(BinaryReader reader);

    void WriteProgress(BinaryWriter writer)
    {
        writer.Write(Kind);
        writer.Write((byte)State);
        writer.Write(Loss);
        writer.Write(Iterations);
        writer.Write(Evaluations);
    }
}
