using RedisML.Features;
using RedisML.Numerics;

namespace RedisML.Algorithms.Network;

/// <summary>Rows on their way through a network, in memory that the next rows use again.</summary>
internal class NetworkPass
{
    readonly NetworkWeights _weights;

    public NetworkPass(NetworkWeights weights, int maxRows)
    {
        (_weights, Shape, MaxRows) = (weights, weights.Shape, maxRows);
        InputStride = MatrixProduct.Stride(Shape.Inputs);
        Inputs = new float[maxRows * InputStride];
        int hidden = weights.Layers.Length - 1;
        Sums = [.. weights.Layers.Select(layer => new float[maxRows * layer.Stride])];
        Values = [.. weights.Layers.Take(hidden).Select(layer => new float[maxRows * layer.Stride])];
        Standardized = [.. weights.Layers.Select(layer => layer.Scales.Length > 0 ? new float[maxRows * layer.Stride] : [])];
        Rates = [.. weights.Layers.Select(layer => layer.Scales.Length > 0 ? new float[maxRows] : [])];
    }

    public int MaxRows { get; }

    /// <summary>How far the scores of two rows are apart.</summary>
    public int ScoreStride => _weights.Layers[^1].Stride;

    /// <summary>[rows, <see cref="ScoreStride"/>]: what the last layer says, after <see cref="Forward"/>.</summary>
    public Span<float> Scores => Sums[^1];

    protected NetworkWeights Weights => _weights;

    protected NetworkShape Shape { get; }

    protected int InputStride { get; }

    /// <summary>[rows, <see cref="InputStride"/>].</summary>
    protected float[] Inputs { get; }

    /// <summary>Of each layer, [rows, its stride]: what its weights make of the rows; of a hidden one later the derivatives.</summary>
    protected float[][] Sums { get; }

    /// <summary>Of each hidden layer, [rows, its stride]: what the next one is given.</summary>
    protected float[][] Values { get; }

    /// <summary>Of each layer that is normalised, [rows, its stride].</summary>
    protected float[][] Standardized { get; }

    /// <summary>Of each layer that is normalised, [rows].</summary>
    protected float[][] Rates { get; }

    /// <summary>Takes some rows of a block, which become the first ones.</summary>
    public void Fill(EncodedBlock block, int first, int rows)
    {
        for (int i = 0; i < Shape.Embeddings.Length; i++)
        {
            var table = Shape.Embeddings[i];
            var positions = block.Category(i);
            for (int row = 0; row < rows; row++) Embed(table, positions[first + row] - table.Offset, row);
        }
        for (int i = 0; i < Shape.Numbers; i++)
        {
            var numbers = block.Number(i).Slice(first, rows);
            int target = Shape.EmbeddingWidth + i;
            foreach (double number in numbers)
            {
                Inputs[target] = (float)number;
                target += InputStride;
            }
        }
    }

    /// <summary>From inputs to scores.</summary>
    /// <param name="derive">Whether hidden layers keep their derivatives.</param>
    public void Forward(int rows, bool derive = false)
    {
        var (values, stride) = (Inputs, InputStride);
        for (int i = 0; i < _weights.Layers.Length; i++)
        {
            var (layer, padded) = (Shape.Layers[i], _weights.Layers[i]);
            MatrixProduct.Multiply(rows, Padded(layer.Outputs), layer.Inputs, values, stride, 1, padded.Weights, padded.Stride, Sums[i],
                padded.Stride, padded.Biases);
            if (i == Values.Length) return;
            var sums = Sums[i].AsSpan(0, rows * padded.Stride);
            if (layer.IsNormalized)
            {
                HiddenUnits.Normalize(rows, layer.Outputs, padded.Stride, padded.Scales, padded.Shifts, sums, Standardized[i], Rates[i]);
            }
            HiddenUnits.Activate(Shape.Options.Activation, sums, Values[i], derive);
            if (derive && Shape.Options.Dropout > 0) Drop(i, rows);
            (values, stride) = (Values[i], padded.Stride);
        }
    }

    /// <summary>Leaves units of a hidden layer out, in training.</summary>
    protected virtual void Drop(int layer, int rows)
    {
    }

    /// <summary>Columns of a matrix, padded to whole tiles.</summary>
    protected static int Padded(int columns) =>
        (columns + MatrixProduct.TileColumns - 1) / MatrixProduct.TileColumns * MatrixProduct.TileColumns;

    /// <summary>Writes the embedding of a level into a row of the inputs; of a level that there isn't, zeros.</summary>
    protected void Embed(EmbeddingTable table, int level, int row)
    {
        var target = Inputs.AsSpan(row * InputStride + table.Column, table.Width);
        if (level < 0) target.Clear();
        else _weights.Embeddings.AsSpan(table.Start + level * table.Width, table.Width).CopyTo(target);
    }
}
