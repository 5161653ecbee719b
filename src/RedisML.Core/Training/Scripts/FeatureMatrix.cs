using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Training.Scripts;

/// <summary>Encoded rows, [Rows, Columns], which keep their categories as positions: products cost what is there,
/// and not the zeros.</summary>
public sealed class FeatureMatrix
{
    readonly EncodedLayout _layout;
    readonly double[] _numbers;
    readonly int[] _positions;

    internal FeatureMatrix(EncodedBlock block)
    {
        _layout = block.Layout;
        Rows = block.Rows;
        _numbers = block.Numbers.ToArray();
        _positions = block.Positions.ToArray();
    }

    public int Rows { get; }

    public int Columns => _layout.Width;

    EncodedBlock Block => new(_layout, Rows, _numbers, _positions);

    /// <summary>X·Wᵀ + b: the scores of the rows.</summary>
    /// <param name="weight">[outputs, Columns] in row order.</param>
    /// <param name="intercept">The intercepts, one for each output.</param>
    /// <returns>[outputs, Rows] in row order: all rows' scores of the first output, then of the second.</returns>
    public double[] Multiply(double[] weight, params double[] intercept)
    {
        int outputs = intercept.Length;
        Check(weight.Length, outputs * Columns, nameof(weight));
        var scores = new double[outputs * Rows];
        for (int k = 0; k < outputs; k++)
            Block.Multiply(weight.AsSpan(k * Columns, Columns), intercept[k], scores.AsSpan(k * Rows, Rows));
        return scores;
    }

    /// <summary>Dᵀ·X: the gradient by the weights, from the derivatives by the scores.</summary>
    /// <param name="derivatives">[outputs, Rows] in row order.</param>
    /// <returns>[outputs, Columns] in row order.</returns>
    public double[] TransposeMultiply(double[] derivatives)
    {
        int outputs = derivatives.Length / Rows;
        Check(derivatives.Length, outputs * Rows, nameof(derivatives));
        var sum = new double[outputs * Columns];
        for (int k = 0; k < outputs; k++)
            Block.AddTransposeProduct(derivatives.AsSpan(k * Rows, Rows), sum.AsSpan(k * Columns, Columns));
        return sum;
    }

    /// <summary>[outputs]: the sums of derivatives, [outputs, Rows], which are the gradient by the intercepts.</summary>
    public double[] SumRows(double[] values)
    {
        var sums = new double[values.Length / Rows];
        Check(values.Length, sums.Length * Rows, nameof(values));
        for (int k = 0; k < sums.Length; k++) sums[k] = Lanes.Sum(values.AsSpan(k * Rows, Rows));
        return sums;
    }

    /// <summary>All elements, zeros included: [Rows][Columns].</summary>
    public double[][] ToRows()
    {
        var rows = new double[Rows][];
        for (int row = 0; row < Rows; row++)
        {
            rows[row] = new double[Columns];
            for (int i = 0; i < _layout.NumberPositions.Length; i++) rows[row][_layout.NumberPositions[i]] = _numbers[i * Rows + row];
            for (int i = 0; i < _layout.Categories.Length; i++)
            {
                if (_positions[i * Rows + row] is >= 0 and var position) rows[row][position] = 1;
            }
        }
        return rows;
    }

    internal ReadOnlySpan<double> Number(int index) => _numbers.AsSpan(index * Rows, Rows);

    internal ReadOnlySpan<int> Category(int index) => _positions.AsSpan(index * Rows, Rows);

    static void Check(int length, int expected, string name)
    {
        if (length != expected) throw new ArgumentException($"It has {length:N0} numbers where {expected:N0} fit.", name);
    }
}
