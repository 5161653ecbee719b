using System.Runtime.CompilerServices;
using RedisML.Features;
using RedisML.Numerics;
using RedisML.Training;

namespace RedisML.Algorithms.Linear;

/// <summary>XᵀWX, the weighted sums of X's columns, and XᵀWy, where y is the label less a constant (the parameter)
/// and W the rows' weights.</summary>
/// <remarks>The sum is the lower triangle of XᵀWX packed row by row, then the column sums, then XᵀWy, then Σwy, then Σw.</remarks>
internal sealed class GramTerm(EncodedLayout layout) : IBlockTerm
{
    readonly int _width = layout.Width;

    public int Length => TriangleLength + 2 * _width + 2;

    public int ScratchPerRow => 3;

    public int TriangleLength => Triangle(_width);

    /// <summary>Where a row of the packed triangle starts.</summary>
    public static int Triangle(int row) => row * (row + 1) / 2;

    public void Add(EncodedBlock block, Targets targets, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        var weights = scratch[..block.Rows];
        if (targets.Weights.IsEmpty) weights.Fill(1);
        else targets.Weights.CopyTo(weights);
        AddProducts(block, weights, sum, scratch.Slice(2 * block.Rows, block.Rows));
        block.AddTransposeProduct(weights, sum.Slice(TriangleLength, _width));
        var centred = scratch.Slice(block.Rows, block.Rows);
        centred.Fill(-parameters[0]);
        Lanes.AddScaled(centred, 1, targets.Labels);
        targets.Weigh(centred);
        block.AddTransposeProduct(centred, sum.Slice(TriangleLength + _width, _width));
        sum[^2] += Lanes.Sum(centred);
        sum[^1] += targets.TotalWeight;
    }

    public bool IsFinite(ReadOnlySpan<double> sum) => double.IsFinite(sum[TriangleLength + 2 * _width]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddProducts(EncodedBlock block, ReadOnlySpan<double> weights, Span<double> triangle, Span<double> weighted)
    {
        var numbers = layout.NumberPositions;
        for (int i = 0; i < numbers.Length; i++)
        {
            var row = triangle[Triangle(numbers[i])..];
            block.Number(i).CopyTo(weighted);
            Lanes.Multiply(weighted, weights);
            for (int j = 0; j <= i; j++) row[numbers[j]] += Lanes.Dot(weighted, block.Number(j));
            for (int k = 0; k < layout.Categories.Length; k++) AddProducts(block.Category(k), numbers[i], weighted, triangle);
        }
        for (int k = 0; k < layout.Categories.Length; k++)
        {
            var category = block.Category(k);
            for (int r = 0; r < category.Length; r++) triangle[Triangle(category[r]) + category[r]] += weights[r];
            for (int other = 0; other < k; other++)
            {
                var lower = block.Category(other); // positions grow from category to category
                for (int r = 0; r < category.Length; r++) triangle[Triangle(category[r]) + lower[r]] += weights[r];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddProducts(ReadOnlySpan<int> category, int number, ReadOnlySpan<double> values, Span<double> triangle)
    {
        if (category[0] < number)
        {
            var row = triangle.Slice(Triangle(number), number + 1);
            for (int r = 0; r < category.Length; r++) row[category[r]] += values[r];
        }
        else
        {
            for (int r = 0; r < category.Length; r++) triangle[Triangle(category[r]) + number] += values[r];
        }
    }
}
