namespace RedisML.Training;

/// <summary>A fixed estimate of the inverse Hessian, symmetric and positive definite, from which an optimizer starts.</summary>
internal abstract class Preconditioner
{
    /// <summary>Replaces <paramref name="vector"/> by its product with the estimate.</summary>
    public abstract void Apply(Span<double> vector);
}

/// <summary>The inverse of the Hessian's diagonal.</summary>
internal sealed class DiagonalPreconditioner(double[] diagonal) : Preconditioner
{
    public override void Apply(Span<double> vector)
    {
        for (int i = 0; i < vector.Length; i++) vector[i] /= diagonal[i];
    }
}

/// <summary>The inverse of a Hessian, by its Cholesky factor.</summary>
internal sealed class CholeskyPreconditioner(Cholesky factor) : Preconditioner
{
    public override void Apply(Span<double> vector) => factor.Solve(vector);
}
