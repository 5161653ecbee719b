using System.Numerics.Tensors;

namespace RedisML.Features;

/// <summary>Some rows of encoded features: a slice of the design matrix X, without its zeros and ones.</summary>
/// <param name="rows">The number of rows.</param>
/// <param name="numbers">Standardised numbers, column after column.</param>
/// <param name="positions">For each category, column after column, the position that is 1; −1 where all are 0.</param>
internal readonly ref struct EncodedBlock(EncodedLayout layout, int rows, ReadOnlySpan<double> numbers, ReadOnlySpan<int> positions)
{
    readonly ReadOnlySpan<double> _numbers = numbers;
    readonly ReadOnlySpan<int> _positions = positions;

    public int Rows { get; } = rows;

    public EncodedLayout Layout { get; } = layout;

    public ReadOnlySpan<double> Number(int index) => _numbers.Slice(index * Rows, Rows);

    public ReadOnlySpan<int> Category(int index) => _positions.Slice(index * Rows, Rows);

    /// <summary>X·w + b, a value a row.</summary>
    public void Multiply(ReadOnlySpan<double> weights, double intercept, Span<double> result)
    {
        result.Fill(intercept);
        var numberPositions = Layout.NumberPositions;
        for (int i = 0; i < numberPositions.Length; i++)
            TensorPrimitives.MultiplyAdd(Number(i), weights[numberPositions[i]], result, result);
        for (int i = 0; i < Layout.Categories.Length; i++)
        {
            var category = Category(i);
            for (int row = 0; row < category.Length; row++)
            {
                int position = category[row];
                if ((uint)position < (uint)weights.Length) result[row] += weights[position];
            }
        }
    }

    /// <summary>Adds Xᵀ·v to <paramref name="sum"/>.</summary>
    public void AddTransposeProduct(ReadOnlySpan<double> vector, Span<double> sum)
    {
        var numberPositions = Layout.NumberPositions;
        for (int i = 0; i < numberPositions.Length; i++)
            sum[numberPositions[i]] += TensorPrimitives.Dot(Number(i), vector);
        for (int i = 0; i < Layout.Categories.Length; i++)
        {
            var category = Category(i);
            for (int row = 0; row < category.Length; row++)
            {
                int position = category[row];
                if ((uint)position < (uint)sum.Length) sum[position] += vector[row];
            }
        }
    }
}
