namespace RedisML.Algorithms.Network;

/// <summary>What is done to the sums of a hidden layer before its activation.</summary>
internal enum Normalization
{
    None,

    /// <summary>Each row's sums are standardised, then scaled and shifted (Ba, Kiros and Hinton, 2016).</summary>
    Layer,
}
