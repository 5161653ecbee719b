using System.Runtime.CompilerServices;
using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Training;

/// <summary>XᵀX, the sums of X's columns, and Xᵀy, where y is the label less a constant (the parameter); each is symmetric or a vector.</summary>
/// <remarks>The sum is the lower triangle of XᵀX packed row by row, then the column sums, then Xᵀy, then Σy.</remarks>
internal sealed class GramTerm(EncodedLayout layout) : IBlockTerm
{
    readonly int _width = layout.Width;

    public int Length => TriangleLength + 2 * _width + 1;

    public int ScratchPerRow => 1;

    public int TriangleLength => Triangle(_width);

    /// <summary>Where a row of the packed triangle starts.</summary>
    public static int Triangle(int row) => row * (row + 1) / 2;

    public void Add(EncodedBlock block, ReadOnlySpan<double> labels, ReadOnlySpan<double> parameters, Span<double> sum, Span<double> scratch)
    {
        AddProducts(block, sum);
        var columnSums = sum.Slice(TriangleLength, _width);
        var ones = scratch[..block.Rows];
        ones.Fill(1);
        block.AddTransposeProduct(ones, columnSums);
        var centred = scratch[..block.Rows];
        centred.Fill(-parameters[0]);
        Lanes.AddScaled(centred, 1, labels);
        block.AddTransposeProduct(centred, sum.Slice(TriangleLength + _width, _width));
        sum[^1] += Lanes.Sum(centred);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddProducts(EncodedBlock block, Span<double> triangle)
    {
        var numbers = layout.NumberPositions;
        for (int i = 0; i < numbers.Length; i++)
        {
            var row = triangle[Triangle(numbers[i])..];
            for (int j = 0; j <= i; j++) row[numbers[j]] += Lanes.Dot(block.Number(i), block.Number(j));
        }
        for (int k = 0; k < layout.Categories.Length; k++)
        {
            var category = block.Category(k);
            foreach (int position in category) triangle[Triangle(position) + position]++;
            for (int other = 0; other < k; other++)
            {
                var lower = block.Category(other); // positions grow from category to category
                for (int r = 0; r < category.Length; r++) triangle[Triangle(category[r]) + lower[r]]++;
            }
            for (int i = 0; i < numbers.Length; i++) AddProducts(category, numbers[i], block.Number(i), triangle);
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
