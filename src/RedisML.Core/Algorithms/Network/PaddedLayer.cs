using RedisML.Numerics;

namespace RedisML.Algorithms.Network;

/// <summary>The parameters of a layer; padded columns are 0.</summary>
internal sealed class PaddedLayer(DenseLayer layer, bool isTransposed)
{
    public int Stride { get; } = MatrixProduct.Stride(layer.Outputs);

    /// <summary>[inputs, outputs].</summary>
    public float[] Weights { get; } = new float[layer.Inputs * MatrixProduct.Stride(layer.Outputs)];

    public int TransposedStride { get; } = MatrixProduct.Stride(layer.Inputs);

    /// <summary>[outputs, inputs]; empty where nothing needs it.</summary>
    public float[] Transposed { get; } = isTransposed ? new float[layer.Outputs * MatrixProduct.Stride(layer.Inputs)] : [];

    public float[] Biases { get; } = new float[MatrixProduct.Stride(layer.Outputs)];

    public float[] Scales { get; } = layer.IsNormalized ? new float[MatrixProduct.Stride(layer.Outputs)] : [];

    public float[] Shifts { get; } = layer.IsNormalized ? new float[MatrixProduct.Stride(layer.Outputs)] : [];
}
