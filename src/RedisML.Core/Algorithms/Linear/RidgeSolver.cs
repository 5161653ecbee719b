using RedisML.Numerics;
using RedisML.Training.Optimization;

namespace RedisML.Algorithms.Linear;

/// <summary>Solves what the Gram matrix says: ridge regression exactly, and the start of an iterative optimizer.</summary>
internal static class RidgeSolver
{
    /// <summary>The parameters that minimise <c>½ Σ (y − ŷ)² + ½·L2·‖w‖²</c>, rows weighted: the weights, then the intercept.</summary>
    /// <param name="sums">The sums of a <see cref="GramTerm"/> whose constant is <paramref name="labelMean"/>.</param>
    /// <remarks>The intercept isn't penalised, so that it follows from the means; without them the matrix is of the deviations.</remarks>
    public static double[] Solve(ReadOnlySpan<double> sums, int width, double labelMean, double l2, Action check)
    {
        int triangle = GramTerm.Triangle(width);
        var columnSums = sums.Slice(triangle, width);
        var products = sums.Slice(triangle + width, width);
        double rows = sums[^1], meanRest = sums[^2] / rows;

        double[] matrix = [.. sums[..triangle]];
        double[] parameters = [.. products, 0];
        for (int i = 0; i < width; i++)
        {
            double mean = columnSums[i] / rows;
            var row = matrix.AsSpan(GramTerm.Triangle(i), i + 1);
            Lanes.AddScaled(row, -mean, columnSums[..(i + 1)]);
            row[i] += l2;
            parameters[i] -= mean * sums[^2];
        }
        Cholesky.Factor(matrix, width, check).Solve(parameters.AsSpan(0, width));
        parameters[width] = labelMean + meanRest - Lanes.Dot(columnSums, parameters.AsSpan(0, width)) / rows;
        return parameters;
    }

    /// <summary>The inverse of the Hessian of a model of one output, were the second derivative of each row's loss the same.</summary>
    /// <param name="curvature">The second derivative that each row's loss is taken to have.</param>
    public static Preconditioner Preconditioner(ReadOnlySpan<double> sums, int width, double curvature, double l2, Action check)
    {
        const double jitter = 1 + 1e-8; // keeps it definite where columns depend on each other
        int triangle = GramTerm.Triangle(width);
        double[] matrix = [.. sums[..triangle], .. sums.Slice(triangle, width), sums[^1]];
        for (int i = 0; i < matrix.Length; i++) matrix[i] *= curvature;
        for (int i = 0; i <= width; i++)
        {
            ref double diagonal = ref matrix[GramTerm.Triangle(i) + i];
            diagonal = (diagonal + (i < width ? l2 : 0)) * jitter;
            if (diagonal == 0) diagonal = 1; // a constant column, not penalised
        }
        return new CholeskyPreconditioner(Cholesky.Factor(matrix, width + 1, check));
    }
}
