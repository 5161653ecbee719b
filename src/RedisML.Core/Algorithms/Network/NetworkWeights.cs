using System.Runtime.CompilerServices;

namespace RedisML.Algorithms.Network;

/// <summary>A network's parameters in single precision, as products of matrices want them: padded, and transposed too.</summary>
internal sealed class NetworkWeights
{
    const int TransposedTile = 16;

    readonly bool _forTraining;

    /// <param name="forTraining">Whether gradients are wanted, which takes the weights transposed.</param>
    public NetworkWeights(NetworkShape shape, bool forTraining)
    {
        (Shape, _forTraining) = (shape, forTraining);
        Embeddings = new float[shape.Embeddings.Sum(table => table.Rows * table.Width)];
        Layers = [.. shape.Layers.Select((layer, i) => new PaddedLayer(layer, forTraining && (i > 0 || shape.EmbeddingWidth > 0)))];
    }

    public NetworkShape Shape { get; }

    /// <summary>The tables one after the other, as in the vector of parameters, which starts with them.</summary>
    public float[] Embeddings { get; }

    public PaddedLayer[] Layers { get; }

    /// <summary>Takes the parameters from the vector of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(ReadOnlySpan<double> parameters)
    {
        Convert(parameters[..Embeddings.Length], Embeddings);
        for (int i = 0; i < Layers.Length; i++)
        {
            var (layer, padded) = (Shape.Layers[i], Layers[i]);
            for (int row = 0; row < layer.Inputs; row++)
            {
                Convert(parameters.Slice(layer.Weights + row * layer.Outputs, layer.Outputs),
                    padded.Weights.AsSpan(row * padded.Stride));
            }
            Convert(parameters.Slice(layer.Biases, layer.Outputs), padded.Biases);
            if (layer.IsNormalized)
            {
                Convert(parameters.Slice(layer.Scales, layer.Outputs), padded.Scales);
                Convert(parameters.Slice(layer.Shifts, layer.Outputs), padded.Shifts);
            }
            if (_forTraining && padded.Transposed.Length > 0) Transpose(layer, padded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Convert(ReadOnlySpan<double> source, Span<float> target)
    {
        target = target[..source.Length];
        for (int i = 0; i < source.Length; i++) target[i] = (float)source[i];
    }

    /// <summary>Tile by tile, so that the lines that are written stay in the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose(DenseLayer layer, PaddedLayer padded)
    {
        float[] source = padded.Weights, target = padded.Transposed;
        for (int firstRow = 0; firstRow < layer.Inputs; firstRow += TransposedTile)
        {
            int endRow = Math.Min(firstRow + TransposedTile, layer.Inputs);
            for (int column = 0; column < layer.Outputs; column++)
            {
                for (int row = firstRow; row < endRow; row++)
                    target[column * padded.TransposedStride + row] = source[row * padded.Stride + column];
            }
        }
    }
}
