using System.Runtime.CompilerServices;
using RedisML.Numerics;

namespace RedisML.Features;

/// <summary>Some rows of encoded features: a slice of the design matrix X, without its zeros and ones.</summary>
/// <param name="rows">The number of rows.</param>
/// <param name="numbers">Standardised numbers, column after column.</param>
/// <param name="positions">For each category, column after column, the position that is 1; −1 where all are 0.</param>
public readonly ref struct EncodedBlock(EncodedLayout layout, int rows, ReadOnlySpan<double> numbers, ReadOnlySpan<int> positions)
{
    readonly ReadOnlySpan<double> _numbers = numbers;
    readonly ReadOnlySpan<int> _positions = positions;

    public int Rows { get; } = rows;

    public EncodedLayout Layout { get; } = layout;

    public ReadOnlySpan<double> Numbers => _numbers[..(Layout.NumberPositions.Length * Rows)];

    public ReadOnlySpan<int> Positions => _positions[..(Layout.Categories.Length * Rows)];

    public ReadOnlySpan<double> Number(int index) => _numbers.Slice(index * Rows, Rows);

    public ReadOnlySpan<int> Category(int index) => _positions.Slice(index * Rows, Rows);

    /// <summary>X·w + b, a value a row.</summary>
    public void Multiply(ReadOnlySpan<double> weights, double intercept, Span<double> result)
    {
        result.Fill(intercept);
        var numberPositions = Layout.NumberPositions;
        for (int i = 0; i < numberPositions.Length; i++)
            Lanes.AddScaled(result, weights[numberPositions[i]], Number(i));
        for (int i = 0; i < Layout.Categories.Length; i++) Gather(weights, Category(i), result);
    }

    /// <summary>Adds Xᵀ·v to <paramref name="sum"/>.</summary>
    public void AddTransposeProduct(ReadOnlySpan<double> vector, Span<double> sum)
    {
        var numberPositions = Layout.NumberPositions;
        for (int i = 0; i < numberPositions.Length; i++)
            sum[numberPositions[i]] += Lanes.Dot(Number(i), vector);
        for (int i = 0; i < Layout.Categories.Length; i++) Scatter(vector, Category(i), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather(ReadOnlySpan<double> source, ReadOnlySpan<int> positions, Span<double> target)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            int position = positions[i];
            if ((uint)position < (uint)source.Length) target[i] += source[position];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scatter(ReadOnlySpan<double> source, ReadOnlySpan<int> positions, Span<double> target)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            int position = positions[i];
            if ((uint)position < (uint)target.Length) target[position] += source[i];
        }
    }
}
