namespace RedisML.Algorithms.Network;

/// <summary>What a hidden unit makes of its sum.</summary>
internal enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x·Φ(x) (Hendrycks and Gimpel, 2016), exact.</summary>
    Gelu,

    Tanh,
}
