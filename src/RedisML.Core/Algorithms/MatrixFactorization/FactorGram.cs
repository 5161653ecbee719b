using RedisML.Numerics;
using RedisML.Runs;

namespace RedisML.Algorithms.MatrixFactorization;

/// <summary>Σ v·vᵀ + λI over all vectors of a side, [factors, width], of which the lower triangle counts.</summary>
internal static class FactorGram
{
    /// <summary>Sums that are added up in order: a constant, as the bits depend on it.</summary>
    const int Parts = 64;

    /// <param name="vectors">[rows, width].</param>
    public static double[] Of(double[] vectors, int factors, double penalty, WorkerTeam team)
    {
        int width = Lanes.RoundUp(factors), rows = vectors.Length / width;
        var parts = new double[Parts][];
        team.For(Parts, (_, part) =>
        {
            var sum = parts[part] = new double[factors * width];
            for (int row = (int)((long)rows * part / Parts); row < (int)((long)rows * (part + 1) / Parts); row++)
                FactorSolver.AddProduct(sum, vectors.AsSpan(row * width, width), 1, factors);
        });
        for (int part = 1; part < Parts; part++) Lanes.AddScaled(parts[0], 1, parts[part]);
        for (int i = 0; i < factors; i++) parts[0][i * width + i] += penalty;
        return parts[0];
    }

    /// <summary>xᵀ·G·x of the lower triangle of G.</summary>
    public static double Square(ReadOnlySpan<double> gram, ReadOnlySpan<double> vector, int factors)
    {
        double sum = 0;
        for (int i = 0; i < factors; i++)
        {
            var row = gram.Slice(i * vector.Length, i + 1);
            sum += vector[i] * (2 * Lanes.Dot(row[..i], vector[..i]) + row[i] * vector[i]);
        }
        return sum;
    }
}
