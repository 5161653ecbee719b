using System.IO.Hashing;
using RedisML.Errors;
using RedisML.Runs.Exchange;

namespace RedisML.Training.Optimization;

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

    /// <summary>All passes over the rows are done.</summary>
    Completed,

    /// <summary>The loss of the validation rows has stopped to improve.</summary>
    EarlyStopped,
}

/// <summary>An optimization as a state machine: whoever drives it evaluates <see cref="Point"/> and calls <see cref="Advance"/>.</summary>
/// <remarks>
/// A call of <see cref="Advance"/> is a step, and all state is a function of the steps, in arithmetic that is the same to the bit on
/// every machine: replicas that are told the same stay the same, and one that reads the state of another goes on as it would.
/// </remarks>
internal abstract class Optimizer : IReplicatedState
{
    public OptimizerState State { get; protected set; }

    /// <summary>The point at which loss and gradient are wanted.</summary>
    public abstract ReadOnlyMemory<double> Point { get; }

    /// <summary>The rows whose loss and gradient are wanted.</summary>
    public virtual RowSelection Rows => RowSelection.All;

    /// <summary>The best parameters so far.</summary>
    public abstract ReadOnlyMemory<double> Solution { get; }

    /// <summary>The mean loss of a training row at <see cref="Solution"/>, penalty excluded; by batches, over the last pass.
    /// NaN before it is known.</summary>
    public double Loss { get; protected set; } = double.NaN;

    /// <summary>The mean loss of a validation row at <see cref="Solution"/>; NaN where there are none.</summary>
    public virtual double ValidationLoss => double.NaN;

    /// <summary>Improvements of the solution so far; for optimizers by batches, passes over the rows.</summary>
    public int Iterations { get; protected set; }

    /// <summary>How many steps were taken so far.</summary>
    public int Evaluations { get; private set; }

    /// <summary>XXH3 of the state, by which replicas are compared.</summary>
    public ulong Digest
    {
        get
        {
            var hash = new XxHash3();
            using var writer = new BinaryWriter(new HashStream(hash));
            WriteChanging(writer);
            return hash.GetCurrentHashAsUInt64();
        }
    }

    /// <summary>Takes the loss and the gradient at <see cref="Point"/>, and chooses the next one.</summary>
    /// <param name="loss">The sum over the rows of <see cref="Rows"/>, each times its weight; penalties are the optimizer's own.</param>
    /// <param name="gradient">The sum of the gradients of the same rows, each times its weight.</param>
    /// <param name="weight">The sum of the rows' weights; 0 where a batch is empty.</param>
    /// <exception cref="RedisMLException"><c>LossNotFinite</c>.</exception>
    public void Advance(double loss, ReadOnlySpan<double> gradient, double weight = 1)
    {
        Evaluations++;
        if (!double.IsFinite(loss))
        {
            throw new RedisMLException("LossNotFinite", ErrorKind.InvalidData,
                $"The loss isn't finite at step {Evaluations}; the last finite one was {Loss:G6}. Look for very large values in features " +
                "or label.", Evaluations);
        }
        Move(loss, gradient, weight);
    }

    /// <summary>Writes the complete state.</summary>
    public void Write(BinaryWriter writer)
    {
        WriteConstant(writer);
        WriteChanging(writer);
    }

    /// <summary>Goes on from where another optimizer, made with the same options for the same number of parameters,
    /// wrote its state.</summary>
    /// <exception cref="RedisMLException"><c>OptimizerStateInvalid</c>: it is the state of another kind of optimizer,
    /// or cut off.</exception>
    public void Read(BinaryReader reader)
    {
        try
        {
            ReadConstant(reader);
            ReadChanging(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new RedisMLException("OptimizerStateInvalid", ErrorKind.InvalidData,
                $"The saved state isn't one of {GetType().Name} for this model, or it is cut off.", GetType().Name, e);
        }
    }

    /// <summary>Writes what no step changes and the options don't tell.</summary>
    public virtual void WriteConstant(BinaryWriter writer)
    {
    }

    public virtual void ReadConstant(BinaryReader reader)
    {
    }

    /// <summary>Writes what steps change, which is what the digest is of.</summary>
    public void WriteChanging(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        writer.Write((byte)State);
        writer.Write(Loss);
        writer.Write(Iterations);
        writer.Write(Evaluations);
        WriteVariables(writer);
    }

    /// <exception cref="InvalidDataException">It is the state of another kind of optimizer.</exception>
    public void ReadChanging(BinaryReader reader)
    {
        if (reader.ReadString() != GetType().Name) throw new InvalidDataException();
        State = (OptimizerState)reader.ReadByte();
        Loss = reader.ReadDouble();
        Iterations = reader.ReadInt32();
        Evaluations = reader.ReadInt32();
        ReadVariables(reader);
    }

    /// <summary>A step, the loss being finite.</summary>
    protected abstract void Move(double loss, ReadOnlySpan<double> gradient, double weight);

    protected abstract void WriteVariables(BinaryWriter writer);

    protected abstract void ReadVariables(BinaryReader reader);
}
