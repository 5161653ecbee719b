namespace RedisML.Training.Optimization;

/// <summary>A fixed estimate of the inverse Hessian, symmetric and positive definite, from which an optimizer starts.</summary>
internal abstract class Preconditioner
{
    /// <summary>Replaces <paramref name="vector"/> by its product with the estimate.</summary>
    public abstract void Apply(Span<double> vector);

    public abstract void Write(BinaryWriter writer);

    public static Preconditioner Read(BinaryReader reader, int length) => (Kind)reader.ReadByte() switch
    {
        Kind.Diagonal => DiagonalPreconditioner.ReadDiagonal(reader, length),
        Kind.Cholesky => new CholeskyPreconditioner(Cholesky.Read(reader, length)),
        _ => throw new InvalidDataException(),
    };

    protected enum Kind : byte
    {
        Diagonal,
        Cholesky,
    }
}

/// <summary>The inverse of the Hessian's diagonal.</summary>
internal sealed class DiagonalPreconditioner(double[] diagonal) : Preconditioner
{
    public override void Apply(Span<double> vector)
    {
        for (int i = 0; i < vector.Length; i++) vector[i] /= diagonal[i];
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write((byte)Kind.Diagonal);
        writer.WriteVector(diagonal);
    }

    public static DiagonalPreconditioner ReadDiagonal(BinaryReader reader, int length)
    {
        var diagonal = new double[length];
        reader.ReadVector(diagonal);
        return new(diagonal);
    }
}

/// <summary>The inverse of a Hessian, by its Cholesky factor.</summary>
internal sealed class CholeskyPreconditioner(Cholesky factor) : Preconditioner
{
    public override void Apply(Span<double> vector) => factor.Solve(vector);

    public override void Write(BinaryWriter writer)
    {
        writer.Write((byte)Kind.Cholesky);
        factor.Write(writer);
    }
}
