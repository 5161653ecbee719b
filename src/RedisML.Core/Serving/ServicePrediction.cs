namespace RedisML.Serving;

/// <summary>What a service said of a row: a number, or of classes a <see cref="ServiceClassPrediction"/>.</summary>
/// <param name="Prediction">A number, or a class in the type of the label; null where a value is missing.</param>
/// <param name="Version">The version of the model that said so.</param>
public record ServicePrediction(object? Prediction, long Version);
