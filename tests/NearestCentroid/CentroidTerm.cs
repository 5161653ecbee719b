using RedisML.Features;
using RedisML.Training;

namespace RedisML.NearestCentroid;

/// <summary>Rows added up class by class, [classes, width], each by its weight; those weights, [classes]; the distances,
/// and the rows' weight.</summary>
/// <param name="isFirst">Whether rows count alike, for the means; else each counts the less the farther it is from its class.</param>
sealed class CentroidTerm(EncodedLayout layout, int classes, bool isFirst) : IBlockTerm
{
    const double LeastDistance = 1e-9;

    public int Length => classes * (layout.Width + 1) + 2;

    public int ScratchPerRow => 3;

    public void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        int rows = block.Rows, width = layout.Width;
        var squares = scratch[..rows];
        var products = scratch.Slice(rows, rows);
        var weights = scratch.Slice(2 * rows, rows);
        Square(block, squares);
        for (int k = 0; k < classes; k++)
        {
            var centroid = parameters.Slice(k * width, width);
            double length = 0, weight = 0;
            foreach (double value in centroid) length += value * value;
            block.Multiply(centroid, 0, products);
            for (int row = 0; row < rows; row++)
            {
                double distance = Math.Sqrt(Math.Max(0, squares[row] - 2 * products[row] + length));
                double counts = targets.Labels[row] != k ? 0 : targets.Weights.IsEmpty ? 1 : targets.Weights[row];
                sum[^2] += counts * distance;
                weight += weights[row] = isFirst ? counts : counts / Math.Max(LeastDistance, distance);
            }
            block.AddTransposeProduct(weights, sum.Slice(k * width, width));
            sum[classes * width + k] += weight;
        }
        sum[^1] += targets.TotalWeight;
    }

    /// <summary>The squared length of each row.</summary>
    static void Square(EncodedBlock block, Span<double> squares)
    {
        squares.Clear();
        for (int i = 0; i < block.Layout.NumberPositions.Length; i++)
        {
            var numbers = block.Number(i);
            for (int row = 0; row < numbers.Length; row++) squares[row] += numbers[row] * numbers[row];
        }
        for (int i = 0; i < block.Positions.Length; i++)
        {
            if (block.Positions[i] >= 0) squares[i % block.Rows]++;
        }
    }
}
