using RedisML.Training.Optimization;

namespace RedisML.Training;

/// <summary>What a training by an algorithm is told where its user says nothing.</summary>
/// <param name="L2">The weight of the penalty on squares.</param>
public sealed record TrainingDefaults(OptimizerKind Optimizer = OptimizerKind.Lbfgs, double L2 = 1);
