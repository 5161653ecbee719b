namespace RedisML.Algorithms.Network;

/// <summary>A dense layer: weights [Inputs, Outputs], biases [Outputs], and where it is normalised scales and shifts [Outputs].</summary>
/// <param name="Weights">Where they start in the vector of parameters; so for the others.</param>
/// <param name="Scales">−1 where it isn't normalised.</param>
internal readonly record struct DenseLayer(int Inputs, int Outputs, int Weights, int Biases, int Scales, int Shifts)
{
    public bool IsNormalized => Scales >= 0;
}
