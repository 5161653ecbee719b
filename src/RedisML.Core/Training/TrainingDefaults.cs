using RedisML.Features;
using RedisML.Training.Optimization;

namespace RedisML.Training;

/// <summary>What a training by an algorithm is told where its user says nothing.</summary>
/// <param name="L2">The weight of the penalty on squares.</param>
/// <param name="Missing">What becomes of missing values. Where they are kept, the algorithm is also given numbers as they are, and takes no
/// other policy.</param>
public sealed record TrainingDefaults(
    OptimizerKind Optimizer = OptimizerKind.Lbfgs, double L2 = 1, MissingPolicy Missing = MissingPolicy.Drop);
