namespace RedisML.Serving;

/// <summary>What a service said of the class of a row.</summary>
/// <param name="Probability">Of the predicted class; null where a value is missing.</param>
/// <param name="Probabilities">Of all classes; null where a value is missing.</param>
public sealed record ServiceClassPrediction(object? Prediction, long Version, double? Probability,
    IReadOnlyDictionary<string, double?>? Probabilities) : ServicePrediction(Prediction, Version);
