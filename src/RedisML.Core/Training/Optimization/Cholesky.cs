using RedisML.Numerics;

namespace RedisML.Training.Optimization;

/// <summary>The Cholesky factor of a symmetric, positive semidefinite matrix, and the solution of its equations.</summary>
/// <remarks>
/// A variable whose pivot is left by rounding alone depends on those before it: it is dropped, that is, its solution is 0. One-hot
/// columns without a penalty have such, as each row has one level.
/// </remarks>
internal sealed class Cholesky
{
    const double PivotTolerance = 1e-11;

    readonly double[] _rows;
    readonly int _order;

    Cholesky(double[] rows, int order) => (_rows, _order) = (rows, order);

    /// <summary>Factors a matrix in place.</summary>
    /// <param name="matrix">The lower triangle, packed row by row.</param>
    /// <param name="check">Called once a row; may throw.</param>
    public static Cholesky Factor(double[] matrix, int order, Action check)
    {
        for (int i = 0; i < order; i++)
        {
            check();
            var row = matrix.AsSpan(Start(i), i + 1);
            double diagonal = row[i];
            for (int j = 0; j < i; j++)
            {
                var other = matrix.AsSpan(Start(j), j + 1);
                row[j] = other[j] == 0 ? 0 : (row[j] - Lanes.Dot(row[..j], other[..j])) / other[j];
            }
            double pivot = diagonal - Lanes.Dot(row[..i], row[..i]);
            if (pivot > PivotTolerance * diagonal) row[i] = Math.Sqrt(pivot);
            else row.Clear();
        }
        return new(matrix, order);
    }

    /// <summary>Replaces the right-hand side by the solution.</summary>
    public void Solve(Span<double> vector)
    {
        for (int i = 0; i < _order; i++)
        {
            var row = _rows.AsSpan(Start(i), i + 1);
            vector[i] = row[i] == 0 ? 0 : (vector[i] - Lanes.Dot(row[..i], vector[..i])) / row[i];
        }
        for (int i = _order - 1; i >= 0; i--)
        {
            var row = _rows.AsSpan(Start(i), i + 1);
            if (row[i] == 0) continue;
            vector[i] /= row[i];
            Lanes.AddScaled(vector[..i], -vector[i], row[..i]);
        }
    }

    public void Write(BinaryWriter writer) => writer.WriteVector(_rows);

    /// <summary>Reads a factor that was written.</summary>
    /// <exception cref="InvalidDataException">It is of another order.</exception>
    public static Cholesky Read(BinaryReader reader, int order)
    {
        var rows = new double[Start(order)];
        reader.ReadVector(rows);
        return new(rows, order);
    }

    static int Start(int row) => row * (row + 1) / 2;
}
