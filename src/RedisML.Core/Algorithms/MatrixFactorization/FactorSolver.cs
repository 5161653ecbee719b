using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RedisML.Numerics;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Solves for the vector of one user, or one item, by its normal equations. For one thread, again and again.</summary>
/// <remarks>Vectors are as wide as <see cref="Width"/>: their numbers, and zeros up to a multiple of eight.</remarks>
internal sealed class FactorSolver(int factors)
{
    readonly double[] _matrix = new double[factors * Lanes.RoundUp(factors)];
    readonly double[] _target = new double[Lanes.RoundUp(factors)];

    /// <summary>The length of a vector in memory.</summary>
    public int Width { get; } = Lanes.RoundUp(factors);

    /// <summary>Begins with a penalty alone: (λI)·x = 0.</summary>
    public void Start(double penalty)
    {
        _matrix.AsSpan().Clear();
        _target.AsSpan().Clear();
        for (int i = 0; i < factors; i++) _matrix[i * Width + i] = penalty;
    }

    /// <summary>Begins with a matrix, [factors, <see cref="Width"/>], of which the lower triangle counts.</summary>
    public void Start(ReadOnlySpan<double> matrix)
    {
        matrix.CopyTo(_matrix);
        _target.AsSpan().Clear();
    }

    /// <summary>Adds weight·q·qᵀ to the matrix, and target·q to the right-hand side.</summary>
    /// <param name="vector">[<see cref="Width"/>].</param>
    public void Add(ReadOnlySpan<double> vector, double weight, double target)
    {
        AddProduct(_matrix, vector, weight, factors);
        Lanes.AddScaled(_target, target, vector);
    }

    /// <summary>Adds weight·q·qᵀ to the lower triangle of a matrix, [factors, width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProduct(Span<double> matrix, ReadOnlySpan<double> vector, double weight, int factors)
    {
        var lanes = Lanes.Of(vector);
        var rows = Lanes.Of(matrix);
        for (int i = 0; i < factors; i++)
        {
            var scale = Vector512.Create(weight * vector[i]);
            var row = rows.Slice(i * lanes.Length, i / Lanes.Count + 1);
            for (int j = 0; j < row.Length; j++) row[j] += scale * lanes[j];
        }
    }

    /// <summary>The solution, by Cholesky's decomposition. Afterwards it has to be started anew.</summary>
    /// <param name="solution">[<see cref="Width"/>].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve(Span<double> solution)
    {
        solution.Clear();
        for (int i = 0; i < factors; i++)
        {
            var row = Row(i);
            for (int j = 0; j < i; j++)
            {
                var other = Row(j);
                row[j] = (row[j] - Lanes.Dot(row[..j], other[..j])) / other[j];
            }
            row[i] = Math.Sqrt(Math.Max(double.Epsilon, row[i] - Lanes.Dot(row[..i], row[..i])));
            solution[i] = (_target[i] - Lanes.Dot(row[..i], solution[..i])) / row[i];
        }
        for (int i = factors - 1; i >= 0; i--)
        {
            var row = Row(i);
            solution[i] /= row[i];
            Lanes.AddScaled(solution[..i], -solution[i], row[..i]);
        }
    }

    Span<double> Row(int i) => _matrix.AsSpan(i * Width, i + 1);
}
