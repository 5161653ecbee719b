namespace RedisML.Algorithms.Network;

/// <summary>What is minimised.</summary>
internal enum LossKind
{
    SquaredError,

    /// <summary>Of two classes, by one output.</summary>
    LogLoss,

    /// <summary>The log loss of any number of classes, by an output each.</summary>
    Softmax,

    /// <summary>The deviance of counts or rates, whose logarithm is the output.</summary>
    Poisson,
}
