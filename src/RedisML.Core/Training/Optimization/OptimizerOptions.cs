namespace RedisML.Training.Optimization;

/// <summary>The optimizers of a training.</summary>
public enum OptimizerKind
{
    /// <summary>L-BFGS over all rows at once; with an L1 penalty, its orthant-wise form.</summary>
    Lbfgs,

    /// <summary>Gradient descent by batches, with momentum.</summary>
    Sgd,

    /// <summary>Adam (moments of the gradient), by batches.</summary>
    Adam,
}

/// <summary>How the learning rate changes over a training by batches.</summary>
public enum LearningRateSchedule
{
    /// <summary>Falls along half a cosine, to 0 at the end.</summary>
    Cosine,

    /// <summary>Stays the same.</summary>
    Constant,

    /// <summary>Falls along a line, to 0 at the end.</summary>
    Linear,

    /// <summary>Falls by the square root of the passes over the rows.</summary>
    InverseScaling,
}

/// <summary>How parameters are optimized. What is null follows from the data.</summary>
public sealed record OptimizerOptions
{
    public OptimizerKind Kind { get; init; }

    /// <summary>Passes over the rows. Null: 10, and more where that is less than 5,000 batches.</summary>
    public int? Epochs { get; init; }

    /// <summary>Rows of a batch, on average. Null: 256, fewer where that is more than a fifth of the rows.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The first learning rate, of the mean loss. Null: what is safe for the model's curvature.</summary>
    public double? LearningRate { get; init; }

    public LearningRateSchedule Schedule { get; init; }

    /// <summary>What part of the last step of Sgd the next one keeps.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>With a validation dataset: after how many passes, or iterations, without a smaller loss there the training ends.</summary>
    public int Patience { get; init; } = 5;
}
